import path from "node:path";
import { harmlessEndings } from "#shared/call-endings.ts";
import type { CallRecord } from "#core/usage/call-record.ts";
import type { LogLevel } from "#shared/schema/settings.ts";
import { openLogFile } from "./log-file.ts";

/**
 * What a line of the log may say: these fields, and no others. No prompt, no answer, no key, no header; names and
 * numbers that are also in the table of calls.
 */
export interface LogFields {
  readonly version?: string | null;
  readonly addresses?: string | null;
  readonly endpoint?: string | null;
  readonly grant?: string | null;
  readonly tool?: string | null;
  readonly alias?: string | null;
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly status?: number | null;
  readonly ending?: string | null;
  readonly errorCode?: string | null;
  readonly attempts?: number | null;
  readonly firstByteMs?: number | null;
  readonly totalMs?: number | null;
  readonly inputTokens?: number | null;
  readonly outputTokens?: number | null;
  readonly costMicroUsd?: number | null;
  readonly traceId?: string | null;
  readonly problems?: number | null;
}

/** The log in `logs/postern.log`: one JSON object a line. */
export interface EventLog {
  say(level: Exclude<LogLevel, "silent">, event: string, fields?: LogFields): void;
  /** A call that failed is a warning; one that did not is for `debug`. */
  call(record: CallRecord): void;
  setLevel(level: LogLevel): void;
  close(): Promise<void>;
}

type Write = (level: Exclude<LogLevel, "silent">, fields: object, event: string) => void;

const fieldNames = [
  "version",
  "addresses",
  "endpoint",
  "grant",
  "tool",
  "alias",
  "provider",
  "model",
  "status",
  "ending",
  "errorCode",
  "attempts",
  "firstByteMs",
  "totalMs",
  "inputTokens",
  "outputTokens",
  "costMicroUsd",
  "traceId",
  "problems",
] as const satisfies readonly (keyof LogFields)[];

const ranks = { silent: 0, error: 1, warn: 2, info: 3, debug: 4 } as const satisfies Record<LogLevel, number>;
const longestText = 200;
/** 5 times 10 MiB at most. */
const maxBytes = 10_485_760;
const files = 5;

/** Opens the log; its library and its file are opened with the first line. */
export function openEventLog(options: {
  readonly dataFolder: string;
  readonly level: LogLevel;
  readonly onError: (error: Error) => void;
}): EventLog {
  const file = openLogFile(path.join(options.dataFolder, "logs"), { name: "postern", maxBytes, files, onError: options.onError });
  let level = options.level;
  let logger: Promise<Write> | undefined;
  let saying: Promise<void> = Promise.resolve();

  async function open(): Promise<Write> {
    const { pino } = await import("pino");
    const opened = pino(
      {
        level: "debug",
        base: { pid: process.pid },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
      },
      { write: (line: string) => file.write(line) },
    );
    return (of, fields, event) => opened[of](fields, event);
  }

  function say(of: Exclude<LogLevel, "silent">, event: string, fields: LogFields = {}): void {
    if (ranks[of] > ranks[level]) return;
    const kept = pick(fields);
    saying = saying.then(async () => {
      const write = await (logger ??= open());
      write(of, kept, event);
    }, options.onError);
  }

  return {
    say,
    call(record) {
      const hasFailed = !harmlessEndings.includes(record.ending);
      if (!hasFailed && ranks[level] < ranks.debug) return;
      say(hasFailed ? "warn" : "debug", "call", {
        endpoint: record.endpoint,
        grant: record.grantId,
        tool: record.tool,
        alias: record.alias,
        provider: record.provider,
        model: record.modelServed ?? record.modelAsked,
        status: record.status,
        ending: record.ending,
        errorCode: record.errorCode,
        attempts: record.attempts.length,
        firstByteMs: record.firstByteMs,
        totalMs: record.totalMs,
        inputTokens: record.inputTokens,
        outputTokens: record.outputTokens,
        costMicroUsd: record.costMicroUsd,
        traceId: record.traceId,
      });
    },
    setLevel: (next) => void (level = next),
    async close() {
      await saying;
      await file.close();
    },
  };
}

/** Copies what may be said, cut to a length: a name that a client chose must not become a page. */
function pick(fields: LogFields): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const name of fieldNames) {
    const value = fields[name];
    if (typeof value === "string") kept[name] = value.slice(0, longestText);
    else if (typeof value === "number") kept[name] = Math.round(value);
  }
  return kept;
}
