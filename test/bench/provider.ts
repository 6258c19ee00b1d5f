// A scripted OpenAI and a scripted Anthropic, as a process of its own: the least that a provider can cost, so that what is measured is the gateway.

import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { chunksPerStream, modelName, pacedIntervalMs, providerKeyPrefix, type StreamPattern } from "./work.ts";

const identity = {
  id: "chatcmpl-BenchmarkBenchmarkBenchmark",
  created: 1_750_000_000,
  model: modelName,
  system_fingerprint: "fp_0123456789",
};
const usage = {
  prompt_tokens: 212,
  completion_tokens: 180,
  total_tokens: 392,
  prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};

const content = 'Here it is:\n\n```ts\nconst names = rows.map((row) => row.name ?? "none");\n```\n'.repeat(5);
const message = { role: "assistant", content, refusal: null, annotations: [] };
const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
const plainReply = reply("200 OK", JSON.stringify({ ...identity, object: "chat.completion", choices, usage, service_tier: "default" }));

const streamHead = Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n");
const streamEnd = Buffer.from("0\r\n\r\n");
const streams: Readonly<Record<StreamPattern, readonly Buffer[]>> = {
  burst: streamChunks(chunksPerStream.burst),
  short: streamChunks(chunksPerStream.short),
  paced: streamChunks(chunksPerStream.paced),
};

/** The same chunks as Anthropic sends them. */
const anthropicStreams: Readonly<Record<StreamPattern, readonly Buffer[]>> = {
  burst: anthropicChunks(chunksPerStream.burst),
  short: anthropicChunks(chunksPerStream.short),
  paced: anthropicChunks(chunksPerStream.paced),
};

/** A paced stream that has begun, and the chunk that comes next. */
interface PacedStream {
  readonly socket: Socket;
  readonly chunks: readonly Buffer[];
  next: number;
}

// One of these groups is served each millisecond: all streams at the same instant would be one wake-up for the reader.
const paced: Set<PacedStream>[] = Array.from({ length: pacedIntervalMs }, () => new Set());
let turn = 0;
setInterval(() => {
  turn = (turn + 1) % paced.length;
  const group = paced[turn] ?? new Set();
  for (const stream of group) {
    const chunk = stream.chunks[stream.next++];
    if (chunk !== undefined && !stream.socket.destroyed) stream.socket.write(chunk);
    else group.delete(stream);
  }
}, 1);

const server = createServer({ noDelay: true }, (socket) => {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let wantedBytes = 0;
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes) => {
    waiting.push(bytes);
    waitingBytes += bytes.length;
    if (wantedBytes === 0)
      wantedBytes = requestLength((waiting.length === 1 ? bytes : Buffer.concat(waiting)).toString("latin1", 0, 4_096));
    if (wantedBytes === 0 || waitingBytes < wantedBytes) return;
    const request = waitingBytes > 4_096 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    wantedBytes = 0;
    answer(socket, request.toString("latin1", 0, 4_096));
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }));

function answer(socket: Socket, request: string): void {
  // A gateway that lost the key, or kept its own, would otherwise look fast.
  if (!request.includes(`earer ${providerKeyPrefix}`) && !request.includes(`x-api-key: ${providerKeyPrefix}`))
    return void socket.write(reply("401 Unauthorized", '{"error":{"message":"no key"}}'));
  const pattern = /"user(?:_id)?":"bench-(burst|short|paced)"/.exec(request)?.[1] as StreamPattern | undefined;
  if (pattern === undefined) return void socket.write(plainReply);
  const chunks = (request.startsWith("POST /v1/messages") ? anthropicStreams : streams)[pattern];
  socket.write(streamHead);
  if (pattern !== "paced") return sendAll(socket, chunks, 0);
  let smallest = paced[0] as Set<PacedStream>;
  for (const group of paced) if (group.size < smallest.size) smallest = group;
  smallest.add({ socket, chunks, next: 0 });
}

/** Each chunk is a write of its own, as long as the reader takes them. */
function sendAll(socket: Socket, chunks: readonly Buffer[], from: number): void {
  for (let index = from; index < chunks.length; index++) {
    if (socket.destroyed) return;
    if (socket.write(chunks[index] as Buffer)) continue;
    socket.once("drain", () => sendAll(socket, chunks, index + 1));
    return;
  }
}

/** The length of a whole request; 0 while its header is not complete. */
function requestLength(text: string): number {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined) throw new Error("Cannot read this request: it has no Content-Length, which every subject should send");
  return headEnd + 4 + Number(length);
}

function reply(status: string, body: string): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The parts of a stream as they go over the wire: OpenAI's frames, with `"usage":null` in each but the last, as it sends them when asked. */
function streamChunks(count: number): Buffer[] {
  const frame = (choices: unknown[], used: unknown): string =>
    `data: ${JSON.stringify({ ...identity, object: "chat.completion.chunk", service_tier: "default", choices, usage: used })}\n\n`;
  const delta = (value: unknown, reason: string | null): string =>
    frame([{ index: 0, delta: value, logprobs: null, finish_reason: reason }], null);
  const frames = [
    delta({ role: "assistant", content: "", refusal: null }, null),
    ...Array.from({ length: count - 4 }, (_, index) => delta({ content: ` token${index}` }, null)),
    delta({}, "stop"),
    frame([], usage),
    "data: [DONE]\n\n",
  ];
  return inChunks(frames);
}

/** @see https://platform.claude.com/docs/en/build-with-claude/streaming */
function anthropicChunks(count: number): Buffer[] {
  const frame = (event: { readonly type: string; readonly [key: string]: unknown }): string =>
    `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  const begun = { id: "msg_01BenchmarkBenchmarkBench", type: "message", role: "assistant", model: modelName, content: [] };
  return inChunks([
    frame({
      type: "message_start",
      message: { ...begun, stop_reason: null, stop_sequence: null, usage: { input_tokens: 212, output_tokens: 1 } },
    }),
    frame({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    ...Array.from({ length: count }, (_, index) =>
      frame({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: ` token${index}` } }),
    ),
    frame({ type: "content_block_stop", index: 0 }),
    frame({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: count } }),
    frame({ type: "message_stop" }),
  ]);
}

function inChunks(frames: readonly string[]): Buffer[] {
  return [...frames.map((text) => Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)), streamEnd];
}
