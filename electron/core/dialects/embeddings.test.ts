import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { dialectIds, type DialectId } from "#shared/schema/provider.ts";
import { embeddingsFor } from "./embeddings.ts";
import type { JsonObject } from "./json.ts";
import type { JsonTranslation } from "./json-translation.ts";

const titan = "amazon.titan-embed-text-v2:0";
const nova = "amazon.nova-2-multimodal-embeddings-v1:0";

function translation(dialect: DialectId, model: string): JsonTranslation {
  const found = embeddingsFor(dialect, model);
  if (found === null) throw new Error("There is no translation");
  return found;
}

function write(dialect: DialectId, model: string, body: JsonObject): { readonly body: unknown; readonly dropped: readonly string[] } {
  const dropped: string[] = [];
  const written = translation(dialect, model).writeRequest(body, model, (field) => dropped.push(field));
  return { body: JSON.parse(JSON.stringify(written)) as unknown, dropped };
}

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof PosternError) return { code: error.code, param: error.param };
    throw error;
  }
  return null;
}

describe("embeddingsFor()", () => {
  it.each([
    ["gemini-generate", "gemini-embedding-001", "/models/gemini-embedding-001:batchEmbedContents"],
    ["gemini-generate", "models/gemini-embedding-001", "/models/gemini-embedding-001:batchEmbedContents"],
    ["cohere-chat", "embed-v4.0", "/embed"],
    ["bedrock-converse", titan, "/model/amazon.titan-embed-text-v2%3A0/invoke"],
    ["bedrock-converse", "us.cohere.embed-v4:0", "/model/us.cohere.embed-v4%3A0/invoke"],
  ] as const)("asks %s for %s at %s", (dialect, model, path) => {
    expect(translation(dialect, model).path(model)).toBe(path);
  });

  it("knows where there is nothing to translate", () => {
    const dialects = dialectIds.filter((dialect) => embeddingsFor(dialect, "text-embedding-3-small") !== null);
    expect(dialects).toEqual(["gemini-generate", "cohere-chat"]);
    expect(embeddingsFor("bedrock-converse", "anthropic.claude-opus-5")).toBeNull();
  });

  it.each<[string, DialectId, string, JsonObject, unknown, readonly string[]]>([
    [
      "Gemini",
      "gemini-generate",
      "g",
      { input: ["a", "b"], dimensions: 256, input_type: "search_query", user: "u" },
      {
        requests: [
          { model: "models/g", content: { parts: [{ text: "a" }] }, taskType: "RETRIEVAL_QUERY", outputDimensionality: 256 },
          { model: "models/g", content: { parts: [{ text: "b" }] }, taskType: "RETRIEVAL_QUERY", outputDimensionality: 256 },
        ],
      },
      ["user"],
    ],
    [
      "Cohere",
      "cohere-chat",
      "embed-v4.0",
      { input: "a", dimensions: 512, truncate: "END" },
      {
        model: "embed-v4.0",
        texts: ["a"],
        input_type: "search_document",
        embedding_types: ["float"],
        output_dimension: 512,
        truncate: "END",
      },
      [],
    ],
    [
      "Cohere's v3 on Bedrock",
      "bedrock-converse",
      "cohere.embed-english-v3",
      { input: ["a", "b"], dimensions: 512, input_type: "clustering" },
      { texts: ["a", "b"], input_type: "clustering", embedding_types: ["float"] },
      ["dimensions"],
    ],
    [
      "Titan",
      "bedrock-converse",
      titan,
      { input: ["a"], dimensions: 256, input_type: "clustering" },
      { inputText: "a", dimensions: 256 },
      ["input_type"],
    ],
    [
      "Titan's first",
      "bedrock-converse",
      "amazon.titan-embed-text-v1",
      { input: "a", dimensions: 256 },
      { inputText: "a" },
      ["dimensions"],
    ],
    [
      "Titan for images",
      "bedrock-converse",
      "amazon.titan-embed-image-v1",
      { input: "a", dimensions: 256 },
      { inputText: "a", embeddingConfig: { outputEmbeddingLength: 256 } },
      [],
    ],
    [
      "Nova",
      "bedrock-converse",
      nova,
      { input: "a", dimensions: 384 },
      {
        taskType: "SINGLE_EMBEDDING",
        singleEmbeddingParams: { embeddingPurpose: "GENERIC_INDEX", embeddingDimension: 384, text: { truncationMode: "END", value: "a" } },
      },
      [],
    ],
  ])("writes a request for %s", (_name, dialect, model, body, expected, dropped) => {
    expect(write(dialect, model, { model, encoding_format: "base64", ...body })).toEqual({ body: expected, dropped });
  });

  it.each<[string, unknown, string]>([
    ["several texts for a model that takes one", ["a", "b"], "input"],
    ["tokens", [1, 2], "input"],
    ["lists of tokens", [[1, 2]], "input"],
  ])("refuses %s", (_what, input, param) => {
    expect(refusal(() => write("bedrock-converse", titan, { input } as JsonObject))).toEqual({ code: "cannot_translate", param });
  });

  it.each<[JsonObject, string]>([
    [{}, "input"],
    [{ input: 5 }, "input"],
    [{ input: [] }, "input"],
    [{ input: ["a", 5] }, "input[1]"],
    [{ input: "a", dimensions: 0 }, "dimensions"],
    [{ input: "a", encoding_format: "hex" }, "encoding_format"],
    [{ input: "a", input_type: 1 }, "input_type"],
  ])("refuses %j", (body, param) => {
    expect(refusal(() => write("cohere-chat", "embed-v4.0", body))).toEqual({ code: "invalid_value", param });
  });

  it.each<[string, DialectId, string, JsonObject, readonly (readonly number[])[], number | undefined]>([
    [
      "Gemini",
      "gemini-generate",
      "g",
      { embeddings: [{ values: [1, 0.5] }, { values: [0] }], usageMetadata: { promptTokenCount: 3 } },
      [[1, 0.5], [0]],
      3,
    ],
    ["Cohere", "cohere-chat", "c", { embeddings: { float: [[1], [2]] }, meta: { billed_units: { input_tokens: 4 } } }, [[1], [2]], 4],
    ["Cohere on Bedrock", "bedrock-converse", "cohere.embed-v4:0", { embeddings: { float: [[1]] } }, [[1]], undefined],
    ["Cohere's v3 on Bedrock", "bedrock-converse", "cohere.embed-english-v3", { embeddings: [[1], [2]] }, [[1], [2]], undefined],
    ["Titan", "bedrock-converse", titan, { embedding: [1, 2], inputTextTokenCount: 5 }, [[1, 2]], 5],
    ["Nova", "bedrock-converse", nova, { embeddings: [{ embeddingType: "TEXT", embedding: [1, 2] }] }, [[1, 2]], undefined],
  ])("reads an answer of %s", (_name, dialect, model, body, vectors, tokens) => {
    const { reply, usage } = translation(dialect, model).readReply(body, { model: "asked", input: vectors.map(() => "text") });
    expect(reply).toEqual({
      object: "list",
      data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
      model: "asked",
      usage: { prompt_tokens: tokens ?? 0, total_tokens: tokens ?? 0 },
    });
    expect(usage).toEqual({ inputTokens: tokens });
  });

  it("writes base64 as OpenAI does: 32-bit floats, lowest byte first", () => {
    const { reply } = translation("bedrock-converse", titan).readReply({ embedding: [1, -2.5] }, { encoding_format: "base64" });
    const [first] = reply["data"] as readonly { readonly embedding: string }[];
    expect(first?.embedding).toBe("AACAPwAAIMA=");
  });

  it.each([[[]], [[[1]]], [[[1], [2], [3]]]])("takes no other count of vectors than of texts: %j", (float) => {
    const read = (): unknown => translation("cohere-chat", "c").readReply({ embeddings: { float } }, { input: ["one", "two"] });
    expect(refusal(read)).toEqual({ code: "upstream_invalid", param: null });
  });

  it.each<[DialectId, JsonObject]>([
    ["gemini-generate", {}],
    ["gemini-generate", { embeddings: [{}] }],
    ["cohere-chat", { embeddings: { int8: [[1]] } }],
    ["cohere-chat", { embeddings: { float: [["1"]] } }],
  ])("does not take what %s sent for an answer: %j", (dialect, body) => {
    expect(refusal(() => translation(dialect, "m").readReply(body, {}))).toEqual({ code: "upstream_invalid", param: null });
  });
});
