import { readFileSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { runTask, stopChild } from "./child.ts";
import type { LatencyResult } from "./latency-child.ts";
import type { LoadGenerator } from "./load-generator.ts";
import type { StreamResult } from "./stream-child.ts";
import { type Recipe, startRecipe, type Subject, type Target, untilConnected } from "./subject.ts";
import { chunksPerStream, streamBody, type StreamPattern } from "./work.ts";

/** Streams at the same time. */
const streamConnections = 16;
/** After a load: what a subject does later (a log that is written in batches) counts as well. */
const settleMs = 300;

/** What a subject did under load. */
export interface Throughput {
  readonly requestsPerSecond: number;
  readonly cpuMicrosecondsPerRequest: number;
}

/** Sends load and reads what the subject's process used for it. */
export async function measureThroughput(
  subject: Subject,
  generator: LoadGenerator,
  load: { readonly body: string; readonly connections: number; readonly requests: number; readonly seconds: number },
): Promise<Throughput> {
  const before = await subject.usage();
  const { requests, seconds } = await generator.run({ target: targetOf(subject), ...load });
  await wait(settleMs);
  const after = await subject.usage();
  return {
    requestsPerSecond: requests / seconds,
    cpuMicrosecondsPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / requests,
  };
}

/** Times single requests, one after the other. */
export function measureLatency(subject: Subject, work: { readonly body: string; readonly requests: number }): Promise<LatencyResult> {
  return runTask<LatencyResult>(new URL("./latency-child.ts", import.meta.url), { target: targetOf(subject), ...work });
}

/** Reads streams and the CPU time that each of their chunks took. */
export async function measureStreams(
  subject: Subject,
  pattern: StreamPattern,
  streams: number,
): Promise<StreamResult & { readonly cpuMicrosecondsPerChunk: number }> {
  const before = await subject.usage();
  const result = await runTask<StreamResult>(new URL("./stream-child.ts", import.meta.url), {
    target: targetOf(subject),
    body: streamBody(pattern),
    connections: streamConnections,
    streams,
    chunks: chunksPerStream[pattern],
    ending: "data: [DONE]\n\n",
  });
  await wait(settleMs);
  const after = await subject.usage();
  return { ...result, cpuMicrosecondsPerChunk: (after.cpuMicroseconds - before.cpuMicroseconds) / result.chunks };
}

/**
 * Reads a chat client's streams from an Anthropic provider, and the CPU time that each of the provider's chunks took. The
 * bare relay, which translates nothing, passes Anthropic's frames on.
 */
export async function measureTranslation(subject: Subject, pattern: "burst" | "paced", streams: number): Promise<number> {
  const before = await subject.usage();
  await runTask<StreamResult>(new URL("./stream-child.ts", import.meta.url), {
    target: subject.translating,
    body: streamBody(pattern),
    connections: streamConnections,
    streams,
    chunks: null,
    ending: subject.id === "relay" ? 'data: {"type":"message_stop"}\n\n' : "data: [DONE]\n\n",
  });
  await wait(settleMs);
  const after = await subject.usage();
  return (after.cpuMicroseconds - before.cpuMicroseconds) / (streams * chunksPerStream[pattern]);
}

/** The memory of a process, in bytes. */
export interface Memory {
  /** Every page that it has in memory, those shared with other processes (Node's own code) in full. */
  readonly residentBytes: number;
  /** The same, with each shared page divided by the processes that share it; null where the system does not tell. */
  readonly proportionalBytes: number | null;
}

/** Sends load, from 32 connections, until so many requests were answered. @param load.seconds how long wrk sends at a time */
export async function sendRequests(
  subject: Subject,
  generator: LoadGenerator,
  { body, requests, seconds }: { readonly body: string; readonly requests: number; readonly seconds: number },
): Promise<void> {
  for (let done = 0; done < requests;) {
    const rest = requests - done;
    done += (await generator.run({ target: targetOf(subject), body, connections: 32, requests: rest, seconds })).requests;
  }
}

/** Sends load until so many requests were answered, then reads the memory. Nothing is collected by force. */
export async function measureMemory(
  subject: Subject,
  generator: LoadGenerator,
  load: { readonly body: string; readonly requests: number },
): Promise<Memory> {
  await sendRequests(subject, generator, { ...load, seconds: 10 });
  await wait(settleMs);
  const { residentBytes } = await subject.usage();
  return { residentBytes, proportionalBytes: readProportionalBytes(subject.pid) };
}

/** How long a program takes to be of use, in milliseconds from the start of its process. */
export interface Start {
  readonly acceptedMs: number;
  readonly answeredMs: number;
}

/** Starts a program anew, sends it a request as soon as it takes connections, and ends it. */
export async function measureStart(recipe: Recipe, body: string): Promise<Start> {
  const startedAtMs = performance.now();
  const child = startRecipe(recipe);
  try {
    await untilConnected(recipe.target.url, child);
    const acceptedMs = performance.now() - startedAtMs;
    await askOnce(recipe.target, body);
    return { acceptedMs, answeredMs: performance.now() - startedAtMs };
  } finally {
    await stopChild(child);
  }
}

function askOnce(target: Target, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...target.headers, "content-length": Buffer.byteLength(body) };
    const call = request(target.url, { method: "POST", agent: false, headers }, (response) => {
      response.resume();
      response.once("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`Cannot use this start: the first answer was ${response.statusCode}`));
      });
    });
    call.once("error", reject);
    call.end(body);
  });
}

function readProportionalBytes(pid: number): number | null {
  try {
    const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null;
  }
}

function targetOf({ url, headers }: Subject): Target {
  return { url, headers };
}
