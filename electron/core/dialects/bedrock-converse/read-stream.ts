import type { Frame } from "#core/wire/frame.ts";
import { BlockSequencer } from "../block-sequencer.ts";
import type { ReadEvent } from "../chat.ts";
import type { ReplyReader } from "../dialect.ts";
import { isJsonObject, parseJsonObject, type JsonObject } from "../json.ts";
import { readCitation } from "./citations.ts";
import { isException, readException } from "./failure.ts";
import { imageTypeOf } from "./formats.ts";
import { readStopReason } from "./stop-reason.ts";
import { readUsage } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

const documented = new Set(["messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]);

/**
 * Reads a ConverseStream. Text and thoughts have no start event, so a block is whatever its deltas say; its index tells
 * which belong together. Usage comes after the stop, in `metadata`, which ends the stream.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function openReader(): ReplyReader {
  const blocks = new BlockSequencer();
  /** Blocks of tools that the provider runs itself. */
  const hidden = new Set<number>();
  /** Images that are being made. Each piece is base64 of its own, which cannot be joined as text. */
  const images = new Map<number, { readonly mediaType: string; readonly pieces: string[] }>();
  let isStopped = false;

  function read(frame: Frame, emit: Emit): void {
    const data = parseJsonObject(frame.data) ?? readNothing(frame, emit);
    if (data === null) return;
    switch (frame.event) {
      case "contentBlockDelta":
        return readDelta(data, emit);
      case "contentBlockStart":
        return readStart(data, emit);
      case "contentBlockStop":
        return readStop(data, emit);
      case "messageStart":
        return emit({ type: "start" });
      case "messageStop":
        blocks.closeAll(emit);
        isStopped = true;
        return emit(readStopReason(data["stopReason"], data["additionalModelResponseFields"]));
      case "metadata": {
        const usage = readUsage(data["usage"]);
        if (usage !== undefined) emit({ type: "usage", usage });
        if (isStopped) emit({ type: "end" });
        return;
      }
      default:
        if (frame.event !== null && isException(frame.event)) emit({ type: "failure", failure: readException(frame.event, data) });
    }
  }

  /** An exception may come without words; what nobody documented need not be JSON. */
  function readNothing({ event }: Frame, emit: Emit): JsonObject | null {
    if (event !== null && isException(event)) return {};
    if (event === null || documented.has(event)) emit(malformed("is no JSON object"));
    return null;
  }

  function readDelta(data: JsonObject, emit: Emit): void {
    const index = data["contentBlockIndex"];
    const delta = data["delta"];
    if (typeof index !== "number" || !isJsonObject(delta)) return emit(malformed("has no contentBlockIndex or delta"));
    const text = delta["text"];
    if (text !== undefined) {
      if (typeof text !== "string") return emit(malformed("has a text that is no string"));
      return blocks.push(index, { type: "text", text }, emit);
    }
    const use = delta["toolUse"];
    if (isJsonObject(use)) return readInput(index, use["input"], emit);
    const reasoning = delta["reasoningContent"];
    if (isJsonObject(reasoning)) return readReasoning(index, reasoning, emit);
    const citation = delta["citation"];
    if (isJsonObject(citation)) return blocks.push(index, { type: "citation", citation: readCitation(citation) }, emit);
    const image = delta["image"];
    if (isJsonObject(image)) readImage(index, image);
  }

  function readInput(index: number, input: unknown, emit: Emit): void {
    if (hidden.has(index) || input === "") return;
    if (typeof input !== "string") return emit(malformed("has a tool's input that is no string"));
    if (!blocks.has(index)) return emit(malformed("has a tool's input without the tool's name"));
    blocks.push(index, { type: "arguments", json: input }, emit);
  }

  function readReasoning(index: number, reasoning: JsonObject, emit: Emit): void {
    const { text, signature, redactedContent } = reasoning;
    if (typeof text === "string") blocks.push(index, { type: "reasoning", text }, emit);
    else if (typeof signature === "string")
      blocks.push(index, { type: "signature", signature: { maker: "anthropic", value: signature } }, emit);
    else if (typeof redactedContent === "string")
      blocks.push(index, { type: "signature", signature: { maker: "anthropic", value: redactedContent, isRedacted: true } }, emit);
  }

  function readImage(index: number, image: JsonObject): void {
    const source = image["source"];
    const open = images.get(index);
    if (open !== undefined && isJsonObject(source) && typeof source["bytes"] === "string") open.pieces.push(source["bytes"]);
  }

  function readStart(data: JsonObject, emit: Emit): void {
    const index = data["contentBlockIndex"];
    const start = data["start"];
    if (typeof index !== "number") return emit(malformed("has no contentBlockIndex"));
    if (!isJsonObject(start)) return;
    const { toolUse, toolResult, image } = start;
    if (isJsonObject(toolUse)) {
      const { toolUseId, name, type } = toolUse;
      if (type === "server_tool_use") return void hidden.add(index);
      if (typeof toolUseId !== "string" || typeof name !== "string") return emit(malformed("begins a tool call without id or name"));
      blocks.push(index, { type: "tool-call", id: toolUseId, name }, emit);
    } else if (isJsonObject(toolResult)) {
      hidden.add(index);
    } else if (isJsonObject(image)) {
      images.set(index, { mediaType: imageTypeOf(image["format"]), pieces: [] });
    }
  }

  function readStop(data: JsonObject, emit: Emit): void {
    const index = data["contentBlockIndex"];
    if (typeof index !== "number") return emit(malformed("has no contentBlockIndex"));
    const image = images.get(index);
    if (image !== undefined) {
      images.delete(index);
      if (image.pieces.length > 0) blocks.push(index, { type: "media", mediaType: image.mediaType, data: joinBase64(image.pieces) }, emit);
    }
    blocks.close(index, emit);
  }

  return { read, end: (emit) => blocks.closeAll(emit) };
}

function joinBase64(pieces: readonly string[]): string {
  if (pieces.length === 1) return pieces[0] as string;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, "base64"))).toString("base64");
}

function malformed(what: string): ReadEvent {
  return { type: "failure", failure: { status: 502, message: `Bedrock sent an event that ${what}`, code: "upstream_invalid" } };
}
