import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { dialectIds, type DialectId } from "#shared/schema/provider.ts";
import type { JsonObject } from "./json.ts";
import type { JsonTranslation } from "./json-translation.ts";
import { rerankFor } from "./rerank.ts";

const amazon = "amazon.rerank-v1:0";
const onBedrock = "cohere.rerank-v3-5:0";

function translation(dialect: DialectId, model: string): JsonTranslation {
  const found = rerankFor(dialect, model);
  if (found === null) throw new Error("There is no translation");
  return found;
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

const request = { query: "q", documents: ["a", { text: "b" }, { name: "c" }], top_n: 2, return_documents: true, max_tokens_per_doc: 9 };

describe("rerankFor()", () => {
  it("knows where there is nothing to translate", () => {
    expect(dialectIds.filter((dialect) => rerankFor(dialect, "rerank-v3.5") !== null)).toEqual(["bedrock-converse", "cohere-chat"]);
    expect(rerankFor("bedrock-converse", "amazon.nova-pro-v1:0")).toBeNull();
  });

  it.each<[DialectId, string, string, JsonObject, readonly string[]]>([
    ["cohere-chat", "rerank-v4.0-pro", "/rerank", { model: "rerank-v4.0-pro", max_tokens_per_doc: 9 }, ["rank_fields"]],
    ["bedrock-converse", onBedrock, "/model/cohere.rerank-v3-5%3A0/invoke", { api_version: 2 }, ["rank_fields", "max_tokens_per_doc"]],
    ["bedrock-converse", amazon, "/model/amazon.rerank-v1%3A0/invoke", {}, ["rank_fields", "max_tokens_per_doc"]],
  ])("asks %s for %s at %s", (dialect, model, path, own, dropped) => {
    const named: string[] = [];
    const found = translation(dialect, model);
    const body = found.writeRequest({ model, ...request, rank_fields: ["text"] }, model, (field) => named.push(field));
    expect(found.path(model)).toBe(path);
    expect(JSON.parse(JSON.stringify(body))).toEqual({ query: "q", documents: ["a", "b", '{"name":"c"}'], top_n: 2, ...own });
    expect(named).toEqual(dropped);
  });

  it("gives the documents back as the client sent them, where it asked for them", () => {
    const answer = {
      id: "x",
      results: [
        { index: 1, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
      meta: { billed_units: { search_units: 1 } },
    };
    const read = (body: JsonObject): unknown =>
      JSON.parse(JSON.stringify(translation("cohere-chat", "m").readReply(answer, { model: "m", ...body }).reply)) as unknown;
    expect(read(request)).toEqual({
      ...answer,
      model: "m",
      results: [
        { index: 1, relevance_score: 0.9, document: { text: "b" } },
        { index: 0, relevance_score: 0.1, document: { text: "a" } },
      ],
    });
    expect(read({ ...request, return_documents: false })).toEqual({ ...answer, model: "m" });
  });

  it.each<[JsonObject, string]>([
    [{ documents: ["a"] }, "query"],
    [{ query: "q" }, "documents"],
    [{ query: "q", documents: "a" }, "documents"],
    [{ query: "q", documents: ["a", 5] }, "documents[1]"],
    [{ query: "q", documents: ["a"], top_n: 0 }, "top_n"],
    [{ query: "q", documents: ["a"], return_documents: "yes" }, "return_documents"],
  ])("refuses %j", (body, param) => {
    expect(refusal(() => translation("cohere-chat", "m").writeRequest(body, "m", () => undefined))).toEqual({
      code: "invalid_value",
      param,
    });
  });

  it("does not take what has no results for an answer", () => {
    expect(refusal(() => translation("cohere-chat", "m").readReply({}, {}))).toEqual({ code: "upstream_invalid", param: null });
  });
});
