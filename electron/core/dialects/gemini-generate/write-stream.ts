import type { Frame } from "#core/wire/frame.ts";
import type { CloseEvent, Failure, Signature, StartEvent, TokenLogprob, WriteEvent } from "../chat.ts";
import type { ReplyMeta, ReplyWriter } from "../dialect.ts";
import { parseJsonObject } from "../json.ts";
import { writeGrounding, type PlacedCitation } from "./citations.ts";
import { writeFailure } from "./failure.ts";
import { writeFinishReason } from "./finish.ts";
import { writeLogprobs } from "./logprobs.ts";
import { malformedMessage } from "./reply.ts";
import { writeUsage } from "./usage.ts";

type EmitFrame = (frame: Frame) => void;

const head = '{"candidates":[{"content":{"role":"model","parts":[';

/** So much of an answer is kept, to count the bytes before a citation. */
const mostKept = 65_536;

/**
 * Begins to write a client's stream: a frame for each piece of text and each whole function call, and a last one with the
 * `finishReason` and the usage. The last frame has an empty text, as Google's has: clients that keep a chat's history
 * throw away a turn with a frame without parts.
 *
 * Thoughts are told unless the client asked for none (`includeThoughts: false`). A thought is told one piece late, so that its signature stands on its last piece: a signature on an empty thought is
 * overlooked by clients.
 */
export function openWriter(meta: ReplyMeta): ReplyWriter {
  const showsThoughts = meta.request.reasoning?.visible !== false;
  let tail = "";
  let close = "";
  let thought: string | null = null;
  /** A signature without a thought that is told: goes on the part that comes next. */
  let loose: string | undefined;
  let call: { readonly id: string; readonly name: string; readonly signature: Signature | undefined; json: string } | null = null;
  let malformed: string | undefined;
  let hasParts = false;
  let said: string | null = "";
  let blockStart = 0;
  let logprobs: TokenLogprob[] = [];
  const citations: PlacedCitation[] = [];

  const start = (event: StartEvent): void => {
    close = `,"modelVersion":${JSON.stringify(event.model ?? meta.request.model)},"responseId":${JSON.stringify(event.id ?? meta.newId("resp_"))}}`;
    tail = `]},"index":0}]${close}`;
  };

  /** Writes a part, which is JSON text without its closing brace. */
  const writePart = (part: string, emit: EmitFrame): void => {
    hasParts = true;
    const signed = loose === undefined ? "}" : `,"thoughtSignature":${JSON.stringify(loose)}}`;
    loose = undefined;
    emit({ event: null, data: head + part + signed + takeTail() });
  };

  const takeTail = (): string => {
    if (logprobs.length === 0) return tail;
    const result = JSON.stringify(writeLogprobs(logprobs));
    logprobs = [];
    return `]},"index":0,"logprobsResult":${result}}]${close}`;
  };

  const writeThought = (signature: string | undefined, emit: EmitFrame): void => {
    const text = thought;
    thought = null;
    if (text === null) return;
    hasParts = true;
    const signed = signature === undefined ? "}" : `,"thoughtSignature":${JSON.stringify(signature)}}`;
    emit({ event: null, data: `${head}{"text":${JSON.stringify(text)},"thought":true${signed}${tail}` });
  };

  const writeText = (text: string, emit: EmitFrame): void => {
    if (text === "") return;
    writeThought(undefined, emit);
    if (said !== null) said = said.length + text.length > mostKept ? null : said + text;
    writePart(`{"text":${JSON.stringify(text)}`, emit);
  };

  const writeSignature = (value: string, emit: EmitFrame): void => {
    if (thought !== null) return writeThought(value, emit);
    if (loose !== undefined) writePart('{"text":""', emit);
    loose = value;
  };

  const writeCall = (emit: EmitFrame): void => {
    if (call === null) return;
    const { id, name, signature, json } = call;
    call = null;
    const args = parseJsonObject(json);
    if (args === null) {
      malformed = name;
      return;
    }
    if (signature !== undefined) writeSignature(signature.value, emit);
    writePart(`{"functionCall":${JSON.stringify({ id, name, args })}`, emit);
  };

  const writeClose = (event: CloseEvent, emit: EmitFrame): void => {
    const signature = loose;
    const isBare = !hasParts && signature === undefined && event.reason === "content-filter";
    const candidate = {
      content: isBare ? undefined : { role: "model", parts: [{ text: "", thoughtSignature: signature }] },
      finishReason: malformed === undefined ? writeFinishReason(event.reason) : "MALFORMED_FUNCTION_CALL",
      finishMessage: malformed === undefined ? undefined : malformedMessage(malformed),
      index: 0,
      groundingMetadata: writeGrounding(citations, said),
      logprobsResult: logprobs.length === 0 ? undefined : writeLogprobs(logprobs),
    };
    const usage = writeUsage(event.usage);
    const counted = usage === undefined ? "" : `,"usageMetadata":${JSON.stringify(usage)}`;
    emit({ event: null, data: `{"candidates":[${JSON.stringify(candidate)}]${counted}${close}` });
  };

  return {
    write(event: WriteEvent, emit: EmitFrame) {
      switch (event.type) {
        case "text":
        case "refusal":
          return writeText(event.text, emit);
        case "reasoning":
          if (!showsThoughts || event.text === "") return;
          writeThought(undefined, emit);
          thought = event.text;
          return;
        case "arguments":
          if (call !== null) call.json += event.json;
          return;
        case "start":
          return start(event);
        case "signature":
          return writeSignature(event.signature.value, emit);
        case "tool-call":
          call = { id: event.id, name: event.name, signature: event.signature, json: "" };
          return;
        case "block-end":
          writeThought(undefined, emit);
          writeCall(emit);
          blockStart = said?.length ?? 0;
          return;
        case "media":
          return writePart(`{"inlineData":${JSON.stringify({ mimeType: event.mediaType, data: event.data })}`, emit);
        case "citation":
          citations.push({ citation: event.citation, blockStart });
          return;
        case "logprobs":
          logprobs.push(...event.tokens);
          return;
        case "close":
          return writeClose(event, emit);
        default:
          event satisfies never;
      }
    },
    fail(failure: Failure, emit: EmitFrame) {
      writeThought(undefined, emit);
      emit({ event: null, data: JSON.stringify(writeFailure(failure)) });
    },
  };
}
