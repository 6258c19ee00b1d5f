import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAiChat } from "../fakes/openai-replies.ts";
import { stallAfter } from "../fakes/misbehaviour.ts";
import { gate, json, reply, sse } from "../fakes/replies.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { when } from "./routing-world.ts";

// Roads by which something could get where it must not be, each found open once.

let provider: ScriptedProvider;
let postern: RunningPostern;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const baseUrl = `${provider.origin}/v1`;
  postern = await startPostern({
    config: { providers: { openai: { baseUrl }, anthropic: { baseUrl }, groq: { baseUrl } } },
    environment: {
      OPENAI_API_KEY: "sk-scripted-0123456789abcdef",
      ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789",
      GROQ_API_KEY: "postern_not_a_providers_key",
    },
  });
});

beforeEach(() => provider.forget());

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

async function ask(
  body: object,
  headers: Record<string, string> = {},
  path = "/v1/chat/completions",
): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(postern.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0", ...headers },
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }], ...body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text().catch(() => "") };
}

describe("a local key goes to no provider", () => {
  test("as the api_key of a config", async () => {
    for (const key of [postern.key, "postern_something"]) {
      const config = JSON.stringify({ provider: "openai", api_key: key });
      const { status, text } = await ask({ model: "gpt-4o" }, { "x-portkey-config": config });
      expect([status, text.includes("conflicting_credentials"), text.includes(key)]).toEqual([400, true, false]);
    }
    expect(provider.requests).toEqual([]);
  });

  test("in the query of a raw call", async () => {
    const response = await fetch(`${postern.url}/v1/files?key=${postern.key}`, {
      headers: { authorization: `Bearer ${postern.key}`, "x-portkey-provider": "openai" },
    });
    expect([response.status, provider.requests.length]).toEqual([400, 0]);
  });

  test("from a variable that points tools here", async () => {
    expect((await ask({ model: "@groq/m" })).text).toContain("Provider API key not configured for groq");
  });
});

describe("a provider's refusal", () => {
  test("loses the key that it quotes, even when it hides it behind an escape or in a header", async () => {
    const echoed = "sk\\u002dscripted-0123456789abcdef";
    provider.next(
      reply(401, `{"error":{"message":"bad key ${echoed}"}}`, {
        "content-type": "application/json",
        "x-echo": "Bearer sk-scripted-0123456789abcdef",
      }),
    );
    const { text, headers } = await ask({ model: "@openai/gpt-4o" });
    expect(text).toContain("Upstream authentication error");
    expect(text + JSON.stringify([...headers])).not.toContain("scripted-0123456789");
  });

  test("cannot hold up the process with a page that is all opening brackets", async () => {
    provider.next(reply(500, "<".repeat(900_000), { "content-type": "text/html" }));
    expect((await ask({ model: "@openai/gpt-4o" })).status).toBe(500);
  });
});

test("a pattern in a config that a call brings cannot hold up the process, with or without a key", async () => {
  const conditions = [
    [{ "params.text": { $regex: "(?:(?:(?:(?:){512}){512}){512}){512}" } }],
    Array.from({ length: 80 }, () => ({ "params.text": { $regex: "a{509}Z" } })),
  ];
  provider.next(openAiChat());
  for (const $or of conditions) {
    const node = { provider: "openai", api_key: "sk-own-0123456789", model: "m" };
    const config = {
      strategy: { mode: "conditional", conditions: [when({ $or }, "a")], default: "a" },
      targets: [{ ...node, name: "a" }],
    };
    const answer = await fetch(`${postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-portkey-config": JSON.stringify(config) },
      body: JSON.stringify({ model: "m", messages: [], text: "a".repeat(4_096) }),
      signal: AbortSignal.timeout(5_000),
    });
    await answer.text();
    expect(answer.status).toBe($or.length === 1 ? 200 : 400);
  }
});

describe("a stream", () => {
  test("of another endpoint than chat ends when it ends", async () => {
    const frames = [{ event: "image_generation.completed", data: '{"type":"image_generation.completed","b64_json":"AA=="}' }];
    provider.next(sse(frames));
    const { status, text } = await ask({ model: "@openai/gpt-image-1", prompt: "x", stream: true }, {}, "/v1/images/generations");
    expect([status, text.includes("error"), text.includes("completed")]).toEqual([200, false, true]);
  });

  test("with one long line full of the words that are looked for goes through", async () => {
    const line = JSON.stringify({
      choices: [{ delta: { content: "x" }, finish_reason: "stop" }],
      a: Array.from({ length: 20_000 }, () => "error"),
    });
    provider.next(sse([{ data: line }, { data: "[DONE]" }]));
    expect((await ask({ model: "@openai/gpt-4o", stream: true, stream_options: { include_usage: true } })).text).toContain("[DONE]");
  });
});

test("request_timeout is over when the header has come, however late the body is", async () => {
  const body = gate();
  provider.next(stallAfter({ bytes: 5 }, openAiChat({ content: "late but whole" }), { when: body.opened }));
  const answer = ask({ model: "m" }, { "x-portkey-config": JSON.stringify({ provider: "openai", request_timeout: 400 }) });
  await provider.waitForRequest(1);
  // Longer than the limit: that nothing happens meanwhile is what is tested.
  await new Promise((resolve) => setTimeout(resolve, 800));
  body.open();
  expect((await answer).text).toContain("late but whole");
});

test("a version header that the client sends replaces the row's", async () => {
  provider.next(json(200, { ok: true }));
  await fetch(`${postern.url}/v1/messages/batches`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${postern.key}`,
      "x-portkey-provider": "anthropic",
      "anthropic-version": "2024-01-01",
      "content-type": "application/json",
    },
    body: "{}",
  });
  expect(provider.requests[0]?.rawHeaders.filter((_, index, all) => all[index - 1]?.toLowerCase() === "anthropic-version")).toEqual([
    "2024-01-01",
  ]);
});

test("a Bearer without a key counts as none, beside a local key as well", async () => {
  provider.always(openAiChat());
  const { status } = await ask({ model: "@openai/gpt-4o" }, { authorization: "Bearer ", "x-api-key": postern.key });
  expect(status).toBe(200);
});

test("a first start that finds its port taken keeps the owner's key for the next one", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  const squatter = createServer();
  squatter.listen(0, "127.0.0.1");
  await once(squatter, "listening");
  const { port } = squatter.address() as { port: number };
  try {
    const first = await runCommand(["serve", "--port", String(port), "--data-dir", folder]);
    expect([first.code, first.stdout]).toEqual([3, ""]);
    await using second = await startPostern({ key: "too-short", dataFolder: folder });
    expect(second.stdout()).toMatch(/postern_[\w-]{43}/);
  } finally {
    squatter.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
