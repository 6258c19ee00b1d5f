// Times single functions of the hot path, as a process of its own: JIT and heap are those of a program that does only this.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readHead } from "#core/access/read-head.ts";
import { readJsonCall } from "#core/gateway/read-call.ts";
import { WatchedChatStream } from "#core/gateway/watch-chat-stream.ts";
import { planTree } from "#core/routing/plan-tree.ts";
import { openStore } from "#core/store/open-store.ts";
import { openCallLog } from "#core/usage/call-log.ts";
import { newCall, type OpenCall } from "#core/usage/call-record.ts";
import { scanObject } from "#core/wire/scan-object.ts";
import { routeCall, routeWorld } from "../fakes/route-world.ts";
import { measureCatalog } from "./measure-catalog.ts";
import type { MicroResult } from "./micro.ts";
import { median } from "./statistics.ts";
import { timeUsage } from "./time-usage.ts";
import { chatBody, modelName } from "./work.ts";

const batches = 9;

process.once("message", () => {
  void measureAll().then((results) => process.send?.(results));
});

async function measureAll(): Promise<readonly MicroResult[]> {
  const bodies = { "1 kB": Buffer.from(chatBody(1_000)), "80 kB": Buffer.from(chatBody(80_000)) };
  const results: MicroResult[] = [];
  const add = (title: string, calls: number, action: () => void): void => {
    results.push({ title, microseconds: time(calls, action) });
  };
  add("readHead: 8 headers", 20_000, () => readHead(rawHeaders));
  const keys = { openai: ["default"], groq: ["default"], "together-ai": ["default"] };
  const targets = [{ provider: "openai" }, { provider: "groq", model: "llama" }, { provider: "together-ai", model: "llama" }];
  const steady = { strategy: { mode: "fallback" as const }, targets, retry: { attempts: 2 } };
  const world = routeWorld({ keys, aliases: { steady } });
  const named = routeCall({ provider: "openai", model: modelName });
  const byAlias = routeCall({ model: "steady" });
  add("planTree: a named provider", 50_000, () => planTree(named, world));
  add("planTree: an alias with three targets", 50_000, () => planTree(byAlias, world));
  for (const [size, bytes] of Object.entries(bodies)) {
    const calls = Math.round(5_000_000 / bytes.length);
    add(`JSON.parse: ${size}`, calls, () => JSON.parse(bytes.toString()));
    add(`scanObject: ${size}`, calls, () => scanObject(bytes, { depth: 128, containers: 100_000 }));
    add(`readJsonCall: ${size}`, calls, () => readJsonCall(bytes));
  }
  const chunk = Buffer.from(
    'data: {"id":"chatcmpl-BenchmarkBenchmarkBenchmark","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini",' +
      '"choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n',
  );
  const stream = new WatchedChatStream({ hidesUsage: false, mustSayEnd: true, hasOpening: true });
  add("WatchedChatStream.feed: a chunk", 50_000, () => stream.feed(chunk));
  results.push(await timeLog());
  results.push(...(await timeUsage()));
  results.push(...(await measureCatalog(time)));
  return results;
}

/** The median of some batches, behind two that only warm up. */
function time(calls: number, action: () => void): number {
  const means: number[] = [];
  for (let batch = -2; batch < batches; batch++) {
    const startedAtMs = performance.now();
    for (let index = 0; index < calls; index++) action();
    if (batch >= 0) means.push(((performance.now() - startedAtMs) * 1000) / calls);
  }
  return median(means);
}

/** What a record costs the thread that answers calls; the database's own thread is not in it. */
async function timeLog(): Promise<MicroResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-bench-log-"));
  const store = await openStore(path.join(folder, "postern.db"));
  const clock = {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    wait: (ms: number, signal?: AbortSignal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
  };
  const log = openCallLog(store, {
    clock,
    onError: (error) => {
      throw error;
    },
  });
  const records = 4_000;
  const means: number[] = [];
  for (let batch = -2; batch < batches; batch++) {
    const before = process.threadCpuUsage();
    for (let index = 0; index < records; index++) {
      const call = { ...record, traceId: `trace-${index}` };
      log.begin(call);
      log.record(call);
    }
    await log.flush();
    const { user, system } = process.threadCpuUsage(before);
    if (batch >= 0) means.push((user + system) / records);
  }
  await store.close();
  rmSync(folder, { recursive: true });
  return { title: "CallLog: a call begun and recorded, CPU of the main thread, its batches included", microseconds: median(means) };
}

const headers = {
  Host: "127.0.0.1:8787",
  Authorization: "Bearer 0123456789012345678901234567890123456789",
  "Content-Type": "application/json",
  "Content-Length": "1000",
  "User-Agent": "OpenAI/JS 7.55.0",
  Accept: "application/json",
  "x-portkey-provider": "openai",
  Connection: "keep-alive",
};
const rawHeaders = Object.entries(headers).flat();

const record: OpenCall = {
  ...newCall(1_750_000_000_000),
  endpoint: "chat",
  grantId: "environment",
  tool: "openai-js",
  userAgent: "OpenAI/JS 7.55.0",
  provider: "openai",
  modelAsked: modelName,
  modelServed: modelName,
  clientDialect: "openai-chat",
  providerDialect: "openai-chat",
  status: 200,
  ending: "finished",
  streamed: false,
  attempts: [
    {
      provider: "openai",
      model: modelName,
      keyName: null,
      status: 200,
      errorCode: null,
      startMs: 0.1,
      connectMs: 0.2,
      headMs: 1.1,
      firstByteMs: 1.1,
      totalMs: 1.25,
    },
  ],
  firstByteMs: 1.2,
  totalMs: 1.3,
  inputTokens: 212,
  cachedInputTokens: 128,
  outputTokens: 180,
  reasoningTokens: 0,
  costMicroUsd: 123.4,
  costSource: "estimated",
  price: {
    inputUsdPerMillion: 0.15,
    outputUsdPerMillion: 0.6,
    cacheReadUsdPerMillion: 0.075,
    cacheWriteUsdPerMillion: null,
    requestUsd: null,
    source: "catalog",
  },
  cacheStatus: "DISABLED",
  requestBytes: 1_000,
  responseBytes: 1_000,
};
