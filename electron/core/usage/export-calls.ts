import type { Store } from "#core/store/store.ts";
import type { LoggedCall, UsageFilter } from "#shared/contract/usage.ts";
import { readCalls } from "./read-calls.ts";

const pageSize = 1_000;

/** The order of the columns; a field that a call has is not left out of them. */
const columns: readonly (keyof LoggedCall)[] = [
  "id",
  "startedAtMs",
  "tool",
  "grantId",
  "userAgent",
  "endpoint",
  "alias",
  "provider",
  "modelAsked",
  "modelServed",
  "keyName",
  "clientDialect",
  "providerDialect",
  "status",
  "errorCode",
  "ending",
  "streamed",
  "firstByteMs",
  "totalMs",
  "tokensPerSecond",
  "uncachedInputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "costMicroUsd",
  "costSource",
  "price",
  "cacheStatus",
  "requestBytes",
  "responseBytes",
  "traceId",
  "metadata",
  "dropped",
  "attempts",
  "hasBodies",
];

/** Calls as comma-separated values (RFC 4180) with one line of names, the newest first, made page by page as they are read. */
export function exportCsv(store: Pick<Store, "all">, filter: UsageFilter): ReadableStream<Uint8Array> {
  const names = columns.map((name) => (name === "startedAtMs" ? "startedAt" : name));
  return streamPages(store, filter, {
    opening: `${names.join(",")}\r\n`,
    write: (call) =>
      `${columns.map((name) => csvCell(name === "startedAtMs" ? new Date(call.startedAtMs).toISOString() : call[name])).join(",")}\r\n`,
    closing: "",
  });
}

/** Calls as one JSON array, the newest first, a call a line. */
export function exportJson(store: Pick<Store, "all">, filter: UsageFilter): ReadableStream<Uint8Array> {
  return streamPages(store, filter, {
    opening: "[",
    write: (call, index) => `${index === 0 ? "\n" : ",\n"}${JSON.stringify(call)}`,
    closing: "\n]\n",
  });
}

interface ExportFormat {
  readonly opening: string;
  write(call: LoggedCall, index: number): string;
  readonly closing: string;
}

function streamPages(store: Pick<Store, "all">, filter: UsageFilter, format: ExportFormat): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let beforeId: number | null = null;
  let index = 0;
  let text = format.opening;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const calls = await readCalls(store, filter, { beforeId, limit: pageSize });
      for (const call of calls) {
        text += format.write(call, index);
        index += 1;
        beforeId = call.id;
      }
      const isLast = calls.length < pageSize;
      controller.enqueue(encoder.encode(isLast ? text + format.closing : text));
      text = "";
      if (isLast) controller.close();
    },
  });
}

/** What a spreadsheet would take for a formula gets an apostrophe: names in the log are what strangers called themselves. */
function csvCell(value: LoggedCall[keyof LoggedCall]): string {
  if (value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
