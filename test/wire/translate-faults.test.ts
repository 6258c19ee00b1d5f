import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Exchange } from "../fakes/exchange.ts";
import { gate, json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// What a provider of one dialect can do to a client of another, and to the gateway between them. Each of these went wrong
// once.

let provider: ScriptedProvider;
let postern: RunningPostern;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const at = (path: string): { baseUrl: string } => ({ baseUrl: provider.origin + path });
  postern = await startPostern({
    config: {
      providers: { openai: at("/openai"), anthropic: at("/anthropic"), "google-ai": at("/google"), bedrock: at("/bedrock") },
      aliases: {
        either: {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "anthropic", model: "claude-sonnet-4-5" },
            { provider: "openai", model: "gpt-4o" },
          ],
        },
      },
    },
    environment: {
      OPENAI_API_KEY: "sk-scripted-0123456789abcdef",
      ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789",
      GEMINI_API_KEY: "AIzaScripted0123456789",
      AWS_ACCESS_KEY_ID: "AKIASCRIPTED00000000",
      AWS_SECRET_ACCESS_KEY: "scripted-secret-0123456789",
    },
  });
});

beforeEach(() => provider.forget());

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

const claude = "@anthropic/claude-sonnet-4-5";
const gpt = "@openai/gpt-4o";

function post(path: string, body: object): Promise<Response> {
  return fetch(postern.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0" },
    body: JSON.stringify(body),
  });
}

const chat = (model: string, stream: boolean): Promise<Response> =>
  post("/v1/chat/completions", { model, stream, messages: [{ role: "user", content: "Hi" }] });
const messages = (model: string, stream: boolean): Promise<Response> =>
  post("/v1/messages", { model, stream, max_tokens: 9, messages: [{ role: "user", content: "Hi" }] });
const count = (model: string): Promise<Response> =>
  post("/v1/messages/count_tokens", { model, messages: [{ role: "user", content: "Hi" }] });

/** What came until the connection was closed, in whatever way. */
async function readAll(response: Response): Promise<string> {
  let text = "";
  try {
    for await (const piece of (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()))
      text += piece;
  } catch {
    // Cut off: what came before counts.
  }
  return text;
}

const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const opening = event("message_start", { message: { id: "msg_1", model: "m", usage: { input_tokens: 3 } } });
const hello =
  event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
  event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello" } });
const end =
  event("content_block_stop", { index: 0 }) +
  event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } }) +
  event("message_stop", {});
const overloaded = event("error", { error: { type: "overloaded_error", message: "Overloaded" } });
const role = `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] })}\n\n`;

async function beginStream(exchange: Exchange): Promise<void> {
  await exchange.head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
}

test("a model list that is refused before its body has come does not end the gateway", async () => {
  const held = gate();
  provider.always(async (exchange) => {
    await exchange.head(404, { "content-type": "application/json", "content-length": "1000" });
    await exchange.body("{");
    await held.opened;
    exchange.reset();
  });
  const response = await fetch(`${postern.url}/v1/models`, { headers: { authorization: `Bearer ${postern.key}` } });
  expect(response.status).toBe(200);
  held.open();
  expect((await fetch(`${postern.url}/healthz`)).status).toBe(200);
});

describe("an error and an end in one packet", () => {
  test.each([
    ["relayed to a client of its dialect", messages],
    ["translated", chat],
  ])("%s are told as an error alone", async (_how, ask) => {
    provider.always(async (exchange) => {
      await beginStream(exchange);
      await exchange.body(opening + hello);
      await exchange.body(overloaded + end);
      await exchange.finish();
    });
    const text = await readAll(await ask(claude, true));
    expect(text).toContain("Hello");
    expect(text).toContain("Overloaded");
    expect(text).not.toMatch(/message_stop|end_turn|finish_reason":"stop|\[DONE\]/);
  });

  test("as one JSON array, which stays open", async () => {
    const frame = (value: object): string => `data: ${JSON.stringify(value)}\r\n\r\n`;
    provider.always(async (exchange) => {
      await beginStream(exchange);
      await exchange.body(frame({ candidates: [{ content: { parts: [{ text: "Hello" }] } }] }));
      await exchange.body(
        frame({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }) + frame({ candidates: [{ finishReason: "STOP" }] }),
      );
      await exchange.finish();
    });
    const path = "/v1beta/models/@google-ai/gemini-2.5-flash:streamGenerateContent";
    const text = await readAll(await post(path, { contents: [{ parts: [{ text: "Hi" }] }] }));
    expect(text).toContain("Overloaded");
    expect(text).not.toMatch(/STOP|\]\s*$/);
  });
});

describe("an opening that says nothing", () => {
  test("is let go when it grows", async () => {
    const begun = gate();
    provider.always(async (exchange) => {
      await beginStream(exchange);
      for (let piece = 0; piece < 300; piece++) await exchange.body(role.repeat(10));
      await begun.opened;
      exchange.reset();
    });
    // The head is there although the answer has not begun.
    const response = await chat(gpt, true);
    begun.open();
    expect(response.status).toBe(200);
    await readAll(response);
  });

  test("and that no client could be told of ends the call before it fills the memory", async () => {
    const block = role.repeat(1_000);
    provider.always(async (exchange) => {
      await beginStream(exchange);
      while (exchange.isOpen) await exchange.body(block);
    });
    const response = await messages(gpt, true);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("too long")]);
  });

  test("and that was not asked for as a stream ends likewise", async () => {
    const block = event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "a".repeat(1_000) } }).repeat(100);
    provider.always(async (exchange) => {
      await beginStream(exchange);
      await exchange.body(opening + hello);
      while (exchange.isOpen) await exchange.body(block);
    });
    const response = await chat(claude, false);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("too long")]);
  });

  test("lets a stream's head go after a while, and a whole answer's not", async () => {
    const begun = gate();
    provider.always(async (exchange) => {
      await beginStream(exchange);
      await begun.opened;
      await exchange.body(opening + overloaded);
      await exchange.finish();
    });
    const whole = chat(claude, false);
    // Nothing was said yet, not even which message it is.
    const response = await chat(claude, true);
    expect(response.status).toBe(200);
    begun.open();
    expect(await readAll(response)).toContain("Overloaded");
    expect((await whole).status).toBe(529);
  });
});

describe("count_tokens", () => {
  test.each([{}, { totalTokens: "7" }, { totalTokens: -1 }, { totalTokens: 1.5 }])("does not make a count of %j", async (said) => {
    provider.always(json(200, said));
    const response = await count("@google-ai/gemini-2.5-flash");
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('"type":"api_error"')]);
  });

  test("asks nobody to count who cannot", async () => {
    provider.always(json(500, { type: "error", error: { type: "api_error", message: "no" } }));
    await count("either");
    expect(provider.requests.map(({ url }) => url)).not.toContain("/openai/chat/completions");
  });
});

test.each([".", ".."])("a model named %j is no step in Bedrock's path", async (name) => {
  const response = await messages(`@bedrock/${name}`, false);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('"model\\"')]);
  expect(provider.requests).toEqual([]);
});

test.each(["constructor", "__proto__", "toString"])("an error of the kind %j is the provider's, whatever that is", async (type) => {
  provider.always(json(200, { type: "error", error: { type, code: type, message: "Broken here" } }));
  for (const [response, status] of [[await messages(gpt, false), 500] as const, [await chat(claude, false), 502] as const])
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining("Broken here")]);
});
