import type { ReadEvent } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { readCitations } from "./citations.ts";
import { readFrameFailure } from "./failure.ts";
import { readFinishReason } from "./finish.ts";
import { readLogprobs } from "./logprobs.ts";
import { readUsage } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

/** So much of an answer is kept, to find the places that citations name. */
const mostKept = 65_536;

/** Reads an answer from one or several `GenerateContentResponse` objects. */
export interface AnswerReader {
  read(body: JsonObject, emit: Emit): void;
  end(emit: Emit): void;
}

/**
 * Begins to read an answer. Every object holds whole parts: a piece of text, a thought, a complete function call. Usage is
 * a running total in each, of which the last counts. Only candidate 0 is read; what Google's own tools did
 * (`executableCode`, `codeExecutionResult`, `toolCall`, `toolResponse`) is passed over.
 *
 * @see https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */
export function openAnswer(): AnswerReader {
  let hasStarted = false;
  let hasFinished = false;
  let hasFailed = false;
  let open: "text" | "reasoning" | null = null;
  let usage: JsonObject | null = null;
  let said: string | null = "";
  /** A signature without words: told behind the citations, which belong to the text before it. */
  let loose: string | undefined;
  /** Where the open text block begins in `said`. */
  let blockStart = 0;
  const callIds = new Set<string>();
  const cited = new Set<string>();

  const fail = (message: string, code: string | undefined, emit: Emit): void => {
    hasFailed = true;
    emit({ type: "failure", failure: { status: 502, message, code } });
  };

  const tellUsage = (emit: Emit): void => {
    const read = readUsage(usage);
    usage = null;
    if (read !== undefined) emit({ type: "usage", usage: read });
  };

  const tellSignature = (emit: Emit): void => {
    if (loose === undefined) return;
    if (open === "reasoning") emit({ type: "signature", signature: { maker: "google", value: loose } });
    else {
      if (open !== null) emit({ type: "block-end" });
      emit({ type: "signature", signature: { maker: "google", value: loose, isRedacted: true } });
    }
    emit({ type: "block-end" });
    open = null;
    loose = undefined;
  };

  const readText = (text: string, isThought: boolean, signature: string | undefined, emit: Emit): void => {
    if (text !== "") {
      tellSignature(emit);
      if (open !== null && open !== (isThought ? "reasoning" : "text")) emit({ type: "block-end" });
      if (!isThought && open !== "text") blockStart = said?.length ?? 0;
      open = isThought ? "reasoning" : "text";
      if (isThought) emit({ type: "reasoning", text });
      else {
        emit({ type: "text", text });
        if (said !== null) said = said.length + text.length > mostKept ? null : said + text;
      }
    }
    if (signature === undefined) return;
    tellSignature(emit);
    loose = signature;
    if (open === "reasoning") tellSignature(emit);
  };

  const readCall = (call: JsonObject, signature: string | undefined, emit: Emit): void => {
    const { name, id, args, partialArgs } = call;
    if (partialArgs !== undefined)
      return fail("A function call came with its arguments in pieces, which nobody asked for", undefined, emit);
    if (typeof name !== "string" || name === "") return fail("A function call came without a name", undefined, emit);
    if (args !== undefined && args !== null && !isJsonObject(args))
      return fail("A function call came with arguments that are no object", undefined, emit);
    tellSignature(emit);
    if (open !== null) emit({ type: "block-end" });
    open = null;
    const isOwn = typeof id === "string" && id !== "" && !callIds.has(id);
    const callId = isOwn ? id : `call_${crypto.randomUUID()}`;
    callIds.add(callId);
    emit({ type: "tool-call", id: callId, name, signature: signature === undefined ? undefined : { maker: "google", value: signature } });
    emit({ type: "arguments", json: isJsonObject(args) ? JSON.stringify(args) : "{}" });
    emit({ type: "block-end" });
  };

  const readPart = (part: JsonObject, emit: Emit): void => {
    const given = part["thoughtSignature"];
    const signature = typeof given === "string" && given !== "" ? given : undefined;
    const text = part["text"];
    if (typeof text === "string") return readText(text, part["thought"] === true, signature, emit);
    if (text !== undefined && text !== null) return fail("A part came with a text that is no string", undefined, emit);
    const call = part["functionCall"];
    if (isJsonObject(call)) return readCall(call, signature, emit);
    const blob = part["inlineData"];
    if (isJsonObject(blob) && typeof blob["mimeType"] === "string" && typeof blob["data"] === "string" && part["thought"] !== true) {
      tellSignature(emit);
      if (open !== null) emit({ type: "block-end" });
      open = null;
      emit({ type: "media", mediaType: blob["mimeType"], data: blob["data"] });
    }
    if (signature !== undefined) readText("", false, signature, emit);
  };

  const readSources = (candidate: JsonObject, emit: Emit): void => {
    // Without words before it there is nothing that a source could support.
    if (open !== "text") return;
    for (const citation of readCitations(candidate, said, blockStart)) {
      const key = JSON.stringify(citation);
      if (cited.has(key)) continue;
      cited.add(key);
      emit({ type: "citation", citation });
    }
  };

  const readCandidate = (candidate: JsonObject, emit: Emit): void => {
    const content = candidate["content"];
    const parts = isJsonObject(content) ? content["parts"] : undefined;
    if (Array.isArray(parts)) {
      for (const part of parts as readonly JsonValue[]) {
        if (!isJsonObject(part)) return fail("A content came with a part that is no object", undefined, emit);
        readPart(part, emit);
        if (hasFailed) return;
      }
    } else if (parts !== undefined && parts !== null) return fail("A content came with parts that are no list", undefined, emit);
    const { logprobsResult, groundingMetadata, citationMetadata, finishReason } = candidate;
    if (isJsonObject(logprobsResult) && open === "text") emit({ type: "logprobs", tokens: readLogprobs(logprobsResult) });
    if (groundingMetadata !== undefined || citationMetadata !== undefined) readSources(candidate, emit);
    if (typeof finishReason === "string") finish(finishReason, candidate["finishMessage"], emit);
  };

  const finish = (given: string, message: JsonValue | undefined, emit: Emit): void => {
    const reason = readFinishReason(given);
    if (reason === null) return;
    tellSignature(emit);
    tellUsage(emit);
    hasFinished = true;
    if (reason !== "broken") return emit({ type: "finish", reason });
    fail(typeof message === "string" && message !== "" ? message : `The model's answer could not be used: ${given}`, given, emit);
  };

  return {
    read(body, emit) {
      if (body["error"] !== undefined && body["error"] !== null) {
        hasFailed = true;
        return emit({ type: "failure", failure: readFrameFailure(body) });
      }
      const { responseId, modelVersion, usageMetadata, candidates, promptFeedback } = body;
      if (!hasStarted) {
        hasStarted = true;
        emit({
          type: "start",
          id: typeof responseId === "string" ? responseId : undefined,
          model: typeof modelVersion === "string" ? modelVersion : undefined,
        });
      }
      if (isJsonObject(usageMetadata)) usage = usageMetadata;
      if (Array.isArray(candidates)) {
        for (const candidate of candidates as readonly JsonValue[]) {
          if (!isJsonObject(candidate)) return fail("A candidate came that is no object", undefined, emit);
          if ((candidate["index"] ?? 0) !== 0) continue;
          readCandidate(candidate, emit);
          if (hasFailed) return;
        }
      } else if (candidates !== undefined && candidates !== null) return fail("Candidates came that are no list", undefined, emit);
      if (isJsonObject(promptFeedback) && typeof promptFeedback["blockReason"] === "string" && !hasFinished) {
        hasFinished = true;
        tellUsage(emit);
        emit({ type: "finish", reason: "content-filter" });
      } else if (hasFinished && usage !== null) tellUsage(emit);
    },
    end(emit) {
      if (hasFailed) return;
      tellSignature(emit);
      if (usage !== null) tellUsage(emit);
    },
  };
}
