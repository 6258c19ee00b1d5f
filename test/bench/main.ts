// npm run bench [-- --quick] [--write] [--check] [--portkey DIR] [--load wrk|autocannon]: Postern, a bare relay and the Portkey gateway on the same work.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../../scripts/run-tool.ts";
import { installPortkey } from "./install-portkey.ts";
import { findLoadGenerator, type LoadGenerator } from "./load-generator.ts";
import { untilCalm } from "./machine-load.ts";
import {
  measureLatency,
  measureMemory,
  measureStart,
  measureStreams,
  measureThroughput,
  measureTranslation,
  sendRequests,
} from "./measure.ts";
import { runMicroMeasures } from "./micro.ts";
import { report } from "./report.ts";
import { type Column, type MeasureId, Samples } from "./samples.ts";
import { fullSizes, quickSizes } from "./sizes.ts";
import {
  bareRelay,
  portkey,
  postern,
  posternPrograms,
  type Recipe,
  startProvider,
  startSubject,
  type Subject,
  type SubjectId,
} from "./subject.ts";
import { chatBody, streamBody } from "./work.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    /** Puts the tables into docs/performance.md. */
    write: { type: "boolean", default: false },
    /** Ends with 1 where a target is missed. */
    check: { type: "boolean", default: false },
    /** A folder where the Portkey gateway is installed already. */
    portkey: { type: "string" },
    /** `wrk` or `autocannon`. */
    load: { type: "string" },
  },
});
const sizes = options.quick ? quickSizes : fullSizes;
const bodies = { small: chatBody(1_000), large: chatBody(80_000) };
const folder = mkdtempSync(path.join(tmpdir(), "postern-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const startedAtMs = performance.now();
// What is installed is the bundle: its start is measured beside the source's.
say("building the bundle, in place of what is in dist/");
const built = spawnSync(process.execPath, [path.join(repository, "scripts/build.ts")], { stdio: ["ignore", "ignore", "inherit"] });
if (built.status !== 0) throw new Error("Cannot measure the bundle: npm run build fails", { cause: built.error });
const generator = await findLoadGenerator(options.load);
const provider = await startProvider();
const installed = options.portkey === undefined ? await installPortkey(folder) : { folder: options.portkey };
if ("reason" in installed) console.log(`Skipped: the Portkey gateway cannot be installed here: ${installed.reason}`);

const recipes: Partial<Record<SubjectId, () => Promise<Recipe>>> = {
  relay: () => bareRelay(provider.url),
  postern: () => postern(provider.url, { program: posternPrograms.source, folder }),
  ...("folder" in installed && { portkey: () => portkey(provider.url, installed.folder) }),
};
const samples = new Samples();
const foreignLoad: number[] = [];

say("micro measures");
const micro = await runMicroMeasures();
await measureRounds();
await measureMemories();
await provider.stop();
const seconds = (performance.now() - startedAtMs) / 1000;
const missed = report(
  { samples, micro, foreignLoad, generator: generator.name, sizes, isQuick: options.quick, seconds },
  { writesDocument: options.write },
);
process.exit(options.check && missed > 0 ? 1 : 0);

async function measureRounds(): Promise<void> {
  const subjects: Subject[] = [provider];
  for (const [id, recipe] of entries(recipes)) subjects.push(await startSubject(id, await recipe()));
  for (const subject of subjects) {
    say(`warming up ${subject.id}`);
    await warmUp(subject, generator);
  }
  for (let round = 0; round < sizes.rounds; round++) {
    const busy = await untilCalm(sizes.calmLimitMs);
    foreignLoad.push(busy);
    say(`round ${round + 1} of ${sizes.rounds}; other work takes ${(busy * 100).toFixed(0)} % of the processors`);
    // Each measure goes round all subjects before the next one, so that what else the machine does falls on all alike.
    const order = subjects.map((_, index) => subjects[(index + round) % subjects.length] as Subject);
    await measureThroughputs(order);
    await measureLatencies(order);
    await measureAllStreams(order);
    await measureStarts();
  }
  for (const subject of subjects) if (subject !== provider) await subject.stop();
}

/** Goes over everything twice: what V8 has compiled for one kind of work does not fit the next, and is compiled anew for both. */
async function warmUp(subject: Subject, by: LoadGenerator): Promise<void> {
  const requests = subject.id === "portkey" ? sizes.warmUpRequests / 4 : sizes.warmUpRequests;
  for (let pass = 0; pass < 2; pass++) {
    await sendRequests(subject, by, { body: bodies.small, requests, seconds: 1 });
    await sendRequests(subject, by, { body: bodies.large, requests: requests / 10, seconds: 1 });
    await measureStreams(subject, "paced", sizes.warmUpStreams);
    await measureStreams(subject, "burst", sizes.warmUpStreams);
    if (subject !== provider) await measureTranslation(subject, "burst", sizes.warmUpStreams);
  }
}

async function measureThroughputs(subjects: readonly Subject[]): Promise<void> {
  const runs = [
    { rate: "rate1kB1", cpu: "cpu1kB1", body: bodies.small, connections: 1, requests: sizes.requests1kB1, turns: 1 },
    { rate: "rate1kB32", cpu: "cpu1kB32", body: bodies.small, connections: 32, requests: sizes.requests1kB32, turns: sizes.turns },
    { rate: "rate80kB1", cpu: "cpu80kB1", body: bodies.large, connections: 1, requests: sizes.requests80kB1, turns: 1 },
    { rate: "rate80kB32", cpu: "cpu80kB32", body: bodies.large, connections: 32, requests: sizes.requests80kB32, turns: sizes.turns },
  ] as const;
  for (const { rate, cpu, turns, ...load } of runs) {
    await takeTurns(turns, subjects, async (subject) => {
      const result = await measureThroughput(subject, generator, { ...load, seconds: sizes.secondsPerRun });
      return { [rate]: result.requestsPerSecond, ...(subject !== provider && { [cpu]: result.cpuMicrosecondsPerRequest }) };
    });
  }
}

/** Lets each subject measure, one after the other, so many times, and takes the mean of what each of them had: other work comes and goes by the second. */
async function takeTurns(
  turns: number,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<Partial<Record<MeasureId, number>>>,
): Promise<void> {
  const sums = new Map<SubjectId, Partial<Record<MeasureId, number>>>(subjects.map(({ id }) => [id, {}]));
  for (let turn = 0; turn < turns; turn++) {
    for (const subject of subjects) {
      const sum = sums.get(subject.id) ?? {};
      for (const [name, value] of entries(await measure(subject))) sum[name] = (sum[name] ?? 0) + value;
    }
  }
  for (const [id, sum] of sums) for (const [name, value] of entries(sum)) samples.add(name, id, value / turns);
}

async function measureLatencies(subjects: readonly Subject[]): Promise<void> {
  const runs = [
    { at: "lastByte", p50: "addedP50At1kB", p99: "addedP99At1kB", body: bodies.small, requests: sizes.latencyRequests1kB },
    { at: "lastByte", p50: "addedP50At80kB", p99: "addedP99At80kB", body: bodies.large, requests: sizes.latencyRequests80kB },
    { at: "firstByte", p50: "addedP50Stream", p99: "addedP99Stream", body: streamBody("short"), requests: sizes.latencyStreams },
  ] as const;
  for (const { at, p50, p99, ...work } of runs) {
    // What the provider and the client take themselves, in this round.
    const direct = (await measureLatency(provider, work))[at];
    samples.add(p50, "direct", direct.p50);
    samples.add(p99, "direct", direct.p99);
    for (const subject of subjects) {
      if (subject === provider) continue;
      const times = (await measureLatency(subject, work))[at];
      samples.add(p50, subject.id, times.p50 - direct.p50);
      samples.add(p99, subject.id, times.p99 - direct.p99);
    }
  }
}

async function measureAllStreams(subjects: readonly Subject[]): Promise<void> {
  const runs = [
    { pattern: "paced", cpu: "cpuPacedChunk", streams: sizes.pacedStreams, turns: 1 },
    { pattern: "burst", cpu: "cpuBurstChunk", streams: sizes.burstStreams, turns: sizes.turns },
  ] as const;
  const between = subjects.filter((subject) => subject !== provider);
  for (const { pattern, cpu, streams, turns } of runs) {
    await takeTurns(turns, between, async (subject) => {
      return { [cpu]: (await measureStreams(subject, pattern, streams)).cpuMicrosecondsPerChunk };
    });
  }
  const translations = [
    { pattern: "paced", cpu: "cpuPacedTranslated", streams: sizes.pacedStreams, turns: 1 },
    { pattern: "burst", cpu: "cpuBurstTranslated", streams: sizes.burstStreams, turns: sizes.turns },
  ] as const;
  for (const { pattern, cpu, streams, turns } of translations) {
    await takeTurns(turns, between, async (subject) => ({ [cpu]: await measureTranslation(subject, pattern, streams) }));
  }
}

async function measureStarts(): Promise<void> {
  const bundle = (): Promise<Recipe> => postern(provider.url, { program: posternPrograms.bundle, folder });
  const programs: Partial<Record<Column, () => Promise<Recipe>>> = { ...recipes, bundle };
  for (const [column, recipe] of entries(programs)) {
    const start = await measureStart(await recipe(), bodies.small);
    samples.add("startAccepted", column, start.acceptedMs);
    samples.add("startAnswered", column, start.answeredMs);
  }
}

/** On processes of their own, so that all have had the same load and nothing else. */
async function measureMemories(): Promise<void> {
  const subjects: Subject[] = [];
  for (const [id, recipe] of entries(recipes)) subjects.push(await startSubject(id, await recipe()));
  for (const pass of ["First", "Second"] as const) {
    for (const subject of subjects) {
      const requests = subject.id === "portkey" ? sizes.memoryRequestsPortkey : sizes.memoryRequests;
      say(`memory of ${subject.id}: ${requests} requests`);
      const memory = await measureMemory(subject, generator, { body: bodies.small, requests });
      samples.add(`residentAfter${pass}`, subject.id, memory.residentBytes / 2 ** 20);
      if (memory.proportionalBytes !== null) samples.add(`proportionalAfter${pass}`, subject.id, memory.proportionalBytes / 2 ** 20);
    }
  }
  for (const subject of subjects) await subject.stop();
}

function entries<Key extends string, Value>(record: Partial<Record<Key, Value>>): [Key, Value][] {
  return Object.entries(record) as [Key, Value][];
}

function say(what: string): void {
  console.error(`${((performance.now() - startedAtMs) / 1000).toFixed(0).padStart(4)} s  ${what}`);
}
