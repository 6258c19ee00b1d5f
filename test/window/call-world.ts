import { randomBytes } from "node:crypto";
import { openAiChatBody } from "../fakes/openai-replies.ts";
import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

/** Two providers, an alias that fails over between them, and tools that call. */
export interface CallWorld extends AsyncDisposable {
  readonly postern: RunningPostern;
  /** Answers as OpenAI. */
  readonly openai: ScriptedProvider;
  /** Answers as Groq. */
  readonly groq: ScriptedProvider;
  /** Makes a call as a tool would, and waits for its whole answer. */
  ask(body: Readonly<Record<string, unknown>>, options?: { readonly tool?: string; readonly signal?: AbortSignal }): Promise<Response>;
}

/** 1,000 in of which 400 came from a cache, 100 out: 3,000 millionths of a dollar at {@link startCallWorld}'s prices, 500 spared. */
export const paidUsage = {
  prompt_tokens: 1_000,
  completion_tokens: 100,
  total_tokens: 1_100,
  prompt_tokens_details: { cached_tokens: 400 },
};

/** Starts it all, with a window. The prompts and answers of the tool "spy" are kept. */
export async function startCallWorld(): Promise<CallWorld> {
  const [openai, groq] = await Promise.all([startScriptedProvider(), startScriptedProvider()]);
  const answer = json(200, openAiChatBody({ usage: paidUsage, content: "Hello from afar!" }));
  openai.always(answer);
  groq.always(answer);
  const price = { input: 2.5, output: 10, cacheRead: 1.25 };
  const postern = await startPostern({
    window: true,
    config: {
      providers: { openai: { baseUrl: `${openai.origin}/v1` }, groq: { baseUrl: `${groq.origin}/v1` } },
      prices: { "openai/gpt-4o": price, "groq/llama": price },
      usage: { keepBodiesOf: ["spy", "postern-window"] },
      aliases: {
        steady: {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "openai", model: "gpt-4o" },
            { provider: "groq", model: "llama" },
          ],
        },
        kept: { provider: "openai", model: "gpt-4o", cache: { mode: "simple", max_age: 600 } },
      },
    },
    environment: {
      OPENAI_API_KEY: `sk-scripted-${randomBytes(18).toString("base64url")}`,
      GROQ_API_KEY: `gsk_scripted${randomBytes(18).toString("hex")}`,
    },
  });
  return {
    postern,
    openai,
    groq,
    async ask(body, { tool = "aider", signal } = {}) {
      const response = await fetch(`${postern.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "user-agent": `${tool}/1.0` },
        body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }], ...body }),
        ...(signal === undefined ? {} : { signal }),
      });
      await response.clone().arrayBuffer();
      return response;
    },
    async [Symbol.asyncDispose]() {
      await postern.stop();
      await Promise.all([openai.close(), groq.close()]);
    },
  };
}
