import type { ChatReply, ReadEvent } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { readCitations, writeCitation } from "./citations.ts";
import { readFinishReason, finishReasons } from "./finish-reason.ts";
import { readLogprob, writeLogprob } from "./logprobs.ts";
import { readUsage, writeUsage } from "./usage.ts";

/**
 * Reads a whole answer of Cohere's v2 chat as the events that its stream would give.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  const message = body["message"];
  if (!isJsonObject(message)) return [malformed("has no message")];
  const content = readContent(body, message);
  const calls = readCalls(message["tool_calls"]);
  if (content === null) return [malformed("has content of the wrong type")];
  if (calls === null) return [malformed("has a tool call without id or name")];
  const finish = readFinishReason(body["finish_reason"], undefined);
  if (finish.type === "failure") return [finish];
  const plan = message["tool_plan"];
  const usage = readUsage(body["usage"]);
  return [
    { type: "start", id: typeof body["id"] === "string" ? body["id"] : undefined },
    ...(typeof plan === "string" && plan !== "" ? ([{ type: "reasoning", text: plan }, { type: "block-end" }] as const) : []),
    ...content,
    ...calls,
    ...(usage === undefined ? [] : ([{ type: "usage", usage }] as const)),
    finish,
    { type: "end" },
  ];
}

function readContent(body: JsonObject, message: JsonObject): readonly ReadEvent[] | null {
  const content = message["content"] ?? [];
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  if (!Array.isArray(blocks)) return null;
  const texts = (blocks as readonly JsonValue[]).map((block) =>
    isJsonObject(block) && typeof block["text"] === "string" ? block["text"] : null,
  );
  const lastText = texts.findLastIndex((text) => text !== null);
  const events: ReadEvent[] = [];
  for (const [index, block] of (blocks as readonly JsonValue[]).entries()) {
    if (!isJsonObject(block)) return null;
    const { text, thinking } = block;
    if (typeof text === "string") {
      events.push({ type: "text", text }, ...readCited(message, index, lastText));
      if (index === lastText) events.push(...readLikelihood(body["logprobs"]));
    } else if (typeof thinking === "string") events.push({ type: "reasoning", text: thinking });
    else if (text !== undefined || thinking !== undefined) return null;
    events.push({ type: "block-end" });
  }
  return events;
}

/** The citations of one block; those that name none are of the last text. */
function readCited(message: JsonObject, index: number, lastText: number): readonly ReadEvent[] {
  const list = message["citations"];
  if (!Array.isArray(list)) return [];
  return (list as readonly JsonValue[]).filter(isJsonObject).flatMap((item) => {
    const told = item["content_index"];
    if ((typeof told === "number" ? told : lastText) !== index) return [];
    return readCitations(item).map((citation) => ({ type: "citation", citation }) as const);
  });
}

function readLikelihood(list: JsonValue | undefined): readonly ReadEvent[] {
  if (!Array.isArray(list)) return [];
  const tokens = (list as readonly JsonValue[]).map(readLogprob).filter((token) => token !== null);
  return tokens.length === 0 ? [] : [{ type: "logprobs", tokens }];
}

function readCalls(calls: JsonValue | undefined): readonly ReadEvent[] | null {
  const events: ReadEvent[] = [];
  for (const call of Array.isArray(calls) ? (calls as readonly JsonValue[]) : []) {
    const called = isJsonObject(call) ? call["function"] : undefined;
    if (!isJsonObject(call) || !isJsonObject(called) || typeof call["id"] !== "string" || typeof called["name"] !== "string") return null;
    events.push({ type: "tool-call", id: call["id"], name: called["name"] });
    if (typeof called["arguments"] === "string") events.push({ type: "arguments", json: called["arguments"] });
    events.push({ type: "block-end" });
  }
  return events;
}

function malformed(what: string): ReadEvent {
  return { type: "failure", failure: { status: 502, message: `Cohere's answer ${what}`, code: "upstream_invalid" } };
}

/** Writes a whole answer of Cohere's v2 chat. */
export function writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject {
  const content: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const citations: JsonObject[] = [];
  const logprobs: JsonObject[] = [];
  for (const block of reply.blocks) {
    switch (block.type) {
      case "text":
        for (const citation of block.citations)
          citations.push({ ...writeCitation(citation, `doc:${citations.length}`, block.text), content_index: content.length });
        logprobs.push(...block.logprobs.map(writeLogprob));
        content.push({ type: "text", text: block.text });
        break;
      case "refusal":
        content.push({ type: "text", text: block.text });
        break;
      case "reasoning":
        if (block.text !== "") content.push({ type: "thinking", thinking: block.text });
        break;
      case "tool-call":
        calls.push({ id: block.id, type: "function", function: { name: block.name, arguments: block.arguments } });
        break;
      case "media":
        // Cohere's answers hold none.
        break;
    }
  }
  return {
    id: reply.id ?? meta.newId(""),
    finish_reason: finishReasons[reply.reason],
    message: {
      role: "assistant",
      content: content.length === 0 ? undefined : content,
      tool_calls: calls.length === 0 ? undefined : calls,
      citations: citations.length === 0 ? undefined : citations,
    },
    usage: writeUsage(reply.usage),
    logprobs: logprobs.length === 0 ? undefined : logprobs,
  };
}
