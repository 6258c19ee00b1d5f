// Reads many streams at once and counts their chunks, as a process of its own.

import { Agent, request } from "node:http";
import type { Target } from "./subject.ts";

/** What is read. */
export interface StreamJob {
  readonly target: Target;
  readonly body: string;
  readonly connections: number;
  readonly streams: number;
  /** Chunks that each stream must have; null where it is another gateway's translation, which may have its own. */
  readonly chunks: number | null;
  /** How each must end. */
  readonly ending: string;
}

/** What came. */
export interface StreamResult {
  readonly chunks: number;
  readonly seconds: number;
  /** Chunks in one read of the socket, on average: 1 where each came on its own. */
  readonly chunksPerRead: number;
}

process.once("message", (job: StreamJob) => {
  void readAll(job).then((result) => process.send?.(result));
});

async function readAll(job: StreamJob): Promise<StreamResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.connections });
  let chunks = 0;
  let reads = 0;
  let left = job.streams;
  const startedAtMs = performance.now();
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const stream = await readOne(job, agent);
      if (job.chunks !== null && stream.chunks !== job.chunks)
        throw new Error(`Cannot use this stream: it had ${stream.chunks} of ${job.chunks} chunks`);
      chunks += stream.chunks;
      reads += stream.reads;
    }
  };
  await Promise.all(Array.from({ length: job.connections }, worker));
  agent.destroy();
  return {
    chunks,
    seconds: (performance.now() - startedAtMs) / 1000,
    chunksPerRead: chunks / reads,
  };
}

function readOne(job: StreamJob, agent: Agent): Promise<{ chunks: number; reads: number }> {
  return new Promise((resolve, reject) => {
    const headers = { ...job.target.headers, "content-length": Buffer.byteLength(job.body) };
    const call = request(job.target.url, { method: "POST", agent, headers }, (response) => {
      let chunks = 0;
      let reads = 0;
      let tail = "";
      response.setEncoding("latin1");
      response.on("data", (text: string) => {
        reads++;
        // A frame's end may be split between two reads.
        if (tail.endsWith("\n") && text.startsWith("\n")) chunks++;
        for (let at = text.indexOf("\n\n"); at !== -1; at = text.indexOf("\n\n", at + 2)) chunks++;
        tail = (text.length < 64 ? tail + text : text).slice(-64);
      });
      response.on("end", () => {
        if (tail.endsWith(job.ending)) resolve({ chunks, reads });
        else reject(new Error(`Cannot use this stream: status ${response.statusCode}, it ends with ${JSON.stringify(tail)}`));
      });
      response.on("error", reject);
    });
    call.once("error", reject);
    call.end(job.body);
  });
}
