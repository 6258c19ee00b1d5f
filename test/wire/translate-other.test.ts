import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// What is no chat, to providers with an API of their own: embeddings, reranking, counting tokens. And how each is signed.

const accessKeyId = "AKIASCRIPTED00000000";
const secretAccessKey = "scripted-secret-0123456789abcdef";

let provider: ScriptedProvider;
let postern: RunningPostern;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const at = (path: string): { baseUrl: string } => ({ baseUrl: provider.origin + path });
  postern = await startPostern({
    config: {
      providers: {
        openai: at("/openai"),
        anthropic: at("/anthropic"),
        "google-ai": at("/google"),
        cohere: at("/cohere"),
        bedrock: at("/bedrock"),
      },
    },
    environment: {
      OPENAI_API_KEY: "sk-scripted-0123456789abcdef",
      ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789",
      GEMINI_API_KEY: "AIzaScripted0123456789",
      COHERE_API_KEY: "co-scripted-0123456789",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
});

beforeEach(() => provider.forget());

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

async function post(path: string, body: object): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const response = await fetch(postern.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const sent = (): ScriptedProvider["requests"][number] => {
  const [request] = provider.requests;
  if (request === undefined) throw new Error("the provider got no request");
  return request;
};

describe("POST /v1/embeddings", () => {
  // https://ai.google.dev/api/embeddings
  test("reaches Gemini as one batch, and its vectors come back in OpenAI's shape", async () => {
    provider.next(json(200, { embeddings: [{ values: [0.5, 1] }, { values: [2, 3] }] }));
    const answer = await post("/v1/embeddings", { model: "@google-ai/gemini-embedding-001", input: ["a", "b"], dimensions: 2, user: "me" });
    expect(sent().url).toBe("/google/models/gemini-embedding-001:batchEmbedContents");
    expect(sent().headers["x-goog-api-key"]).toBe("AIzaScripted0123456789");
    expect(sent().json()).toMatchObject({ requests: [{ outputDimensionality: 2 }, { outputDimensionality: 2 }] });
    expect(answer.body).toMatchObject({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, 1] },
        { object: "embedding", index: 1, embedding: [2, 3] },
      ],
    });
    expect(answer.headers.get("x-postern-dropped")).toBe("user");
  });

  // https://docs.cohere.com/reference/embed
  test("reaches Cohere, and base64 is honoured", async () => {
    provider.next(json(200, { id: "1", embeddings: { float: [[1, -2]] }, texts: ["a"], meta: { billed_units: { input_tokens: 3 } } }));
    const answer = await post("/v1/embeddings", { model: "@cohere/embed-v4.0", input: "a", encoding_format: "base64" });
    expect(sent().url).toBe("/cohere/embed");
    const [vector] = (answer.body as { data: { embedding: string }[] }).data;
    const bytes = Buffer.from(vector?.embedding ?? "", "base64");
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.length]).toEqual([1, -2, 8]);
    expect(answer.body).toMatchObject({ usage: { prompt_tokens: 3 } });
  });

  // https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
  test("reaches Bedrock, signed, and a Titan model is asked for one text at a time or not at all", async () => {
    provider.next(json(200, { embedding: [0.25], inputTextTokenCount: 4 }));
    const answer = await post("/v1/embeddings", { model: "@bedrock/amazon.titan-embed-text-v2:0", input: ["a"] });
    expect(answer.body).toMatchObject({ data: [{ embedding: [0.25] }], usage: { prompt_tokens: 4 } });
    expect(sent().url).toBe("/bedrock/model/amazon.titan-embed-text-v2%3A0/invoke");
    expect(sent().headers["authorization"]).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 Credential=${accessKeyId}/\\d{8}/us-east-1/bedrock/aws4_request,`),
    );
    expect(JSON.stringify(sent().headers)).not.toContain(secretAccessKey);
    const refused = await post("/v1/embeddings", { model: "@bedrock/amazon.titan-embed-text-v2:0", input: ["a", "b"] });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: "cannot_translate", param: "input" } } });
    expect(provider.requests).toHaveLength(1);
  });

  test("is refused where the model makes none", async () => {
    const answer = await post("/v1/embeddings", { model: "@anthropic/claude-sonnet-4-5", input: "a" });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "endpoint_unsupported" } } });
    expect(provider.requests).toHaveLength(0);
  });

  test("that a provider answers with something else is 502, not an empty list", async () => {
    provider.next(json(200, { hello: "world" }));
    const answer = await post("/v1/embeddings", { model: "@google-ai/gemini-embedding-001", input: "a" });
    expect(answer).toMatchObject({ status: 502, body: { error: { code: "upstream_invalid" } } });
  });
});

describe("POST /v1/rerank", () => {
  const body = { query: "tall", documents: ["short", "tall"], top_n: 1, return_documents: true };
  const ranked = { id: "1", results: [{ index: 1, relevance_score: 0.9 }] };

  // https://docs.cohere.com/reference/rerank and
  // https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-rerank.html
  test.each([
    ["@cohere/rerank-v3.5", "/cohere/rerank"],
    ["@bedrock/cohere.rerank-v3-5:0", "/bedrock/model/cohere.rerank-v3-5%3A0/invoke"],
  ])("reaches %s, and the documents come back from the request", async (model, url) => {
    provider.next(json(200, ranked));
    const answer = await post("/v1/rerank", { model, ...body });
    expect(sent().url).toBe(url);
    expect(sent().json()).toMatchObject({ query: "tall", documents: ["short", "tall"], top_n: 1 });
    expect(answer.body).toMatchObject({ results: [{ index: 1, relevance_score: 0.9, document: { text: "tall" } }] });
  });
});

describe("counting tokens", () => {
  const anthropicBody = { messages: [{ role: "user", content: "How many tokens is this?" }], system: "Be brief." };
  const geminiBody = { contents: [{ role: "user", parts: [{ text: "How many tokens is this?" }] }] };

  test("an Anthropic client's body goes to Anthropic as it is", async () => {
    provider.next(json(200, { input_tokens: 14 }));
    const answer = await post("/v1/messages/count_tokens", { model: "@anthropic/claude-sonnet-4-5", ...anthropicBody });
    expect(sent().url).toBe("/anthropic/messages/count_tokens");
    expect(sent().json()).toEqual({ model: "claude-sonnet-4-5", ...anthropicBody });
    expect(answer).toMatchObject({ status: 200, body: { input_tokens: 14 } });
    expect(answer.headers.get("x-postern-estimated")).toBeNull();
  });

  test.each([
    ["google-ai/gemini-2.5-pro", "/google/models/gemini-2.5-pro:countTokens", { totalTokens: 14 }],
    ["bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", /^\/bedrock\/model\/.+\/count-tokens$/, { inputTokens: 14 }],
  ])("an Anthropic client's tokens are counted by %s", async (model, url, reply) => {
    provider.next(json(200, reply));
    const answer = await post("/v1/messages/count_tokens", { model: `@${model}`, ...anthropicBody });
    expect(sent().url).toMatch(url);
    expect(JSON.stringify(sent().json())).toContain("How many tokens is this?");
    expect(answer).toMatchObject({ status: 200, body: { input_tokens: 14 } });
  });

  test("a Gemini client's are counted by Anthropic, without what only a call has", async () => {
    provider.next(json(200, { input_tokens: 9 }));
    const answer = await post("/v1beta/models/@anthropic/claude-sonnet-4-5:countTokens", geminiBody);
    expect(sent().json()).not.toHaveProperty("max_tokens");
    expect(answer).toMatchObject({ status: 200, body: { totalTokens: 9 } });
  });

  test("are estimated, and the answer says so, where the provider does not count", async () => {
    const answer = await post("/v1/messages/count_tokens", { model: "@openai/gpt-4o", ...anthropicBody });
    expect(answer.headers.get("x-postern-estimated")).toBe("input_tokens");
    const { input_tokens: tokens } = answer.body as { input_tokens: number };
    expect(tokens).toBeGreaterThan(5);
    expect(tokens).toBeLessThan(40);
    expect(provider.requests).toHaveLength(0);
  });

  test("of a request that is none is an error in the client's own shape, with the field", async () => {
    const answer = await post("/v1/messages/count_tokens", { model: "@openai/gpt-4o", messages: [{ role: "user", content: 7 }] });
    expect(answer).toMatchObject({ status: 400, body: { type: "error", error: { type: "invalid_request_error" } } });
    expect(JSON.stringify(answer.body)).toContain("messages[0].content");
  });
});
