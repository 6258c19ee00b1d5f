// Sends requests one after the other on one connection and times each, as a process of its own. A socket and no HTTP
// client: what it adds to each time should be small beside what a gateway adds.

import { connect } from "node:net";
import { median, percentile } from "./statistics.ts";
import type { Target } from "./subject.ts";

/** What is sent. */
export interface LatencyJob {
  readonly target: Target;
  readonly body: string;
  readonly requests: number;
}

/** Two times of each request, in microseconds from its first byte. */
export interface LatencyResult {
  /** To the first byte of the answer's body. */
  readonly firstByte: Percentiles;
  /** To the last. */
  readonly lastByte: Percentiles;
}

/** What half of the requests stay under, and what 99 of 100 do. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

process.once("message", (job: LatencyJob) => {
  const { hostname, port, host, pathname } = new URL(job.target.url);
  const headers = { host, ...job.target.headers, "content-length": Buffer.byteLength(job.body) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${job.body}`);
  const firstBytesMs: number[] = [];
  const lastBytesMs: number[] = [];
  let answer = "";
  let startedAtMs = 0;
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const send = (): void => {
    answer = "";
    startedAtMs = performance.now();
    socket.write(request);
  };
  socket.once("connect", send);
  socket.on("data", (bytes) => {
    const nowMs = performance.now() - startedAtMs;
    answer += bytes.toString("latin1");
    if (firstBytesMs.length === lastBytesMs.length && hasBegun(answer)) firstBytesMs.push(nowMs);
    if (!isWhole(answer)) return;
    lastBytesMs.push(nowMs);
    if (!answer.startsWith("HTTP/1.1 200 ")) throw new Error(`Cannot time this answer: it begins with ${answer.slice(0, 40)}`);
    if (lastBytesMs.length < job.requests) return send();
    socket.destroy();
    process.send?.({ firstByte: percentiles(firstBytesMs), lastByte: percentiles(lastBytesMs) } satisfies LatencyResult);
  });
});

function hasBegun(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  return headEnd !== -1 && answer.length > headEnd + 4;
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer.slice(0, headEnd))?.[1];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= headEnd + 4 + Number(length);
}

function percentiles(timesMs: readonly number[]): Percentiles {
  return { p50: median(timesMs) * 1000, p99: percentile(timesMs, 0.99) * 1000 };
}
