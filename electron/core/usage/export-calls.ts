import type { Store } from "#core/store/store.ts";
import type { CallFilter, LoggedCall } from "#shared/contract/calls.ts";
import { csvLine } from "./csv-line.ts";
import { type CallPage, readCalls } from "./read-calls.ts";

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
  "savedMicroUsd",
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
export function exportCsv(store: Pick<Store, "all">, filter: CallFilter): ReadableStream<Uint8Array> {
  const names = columns.map((name) => (name === "startedAtMs" ? "startedAt" : name));
  return streamPages(store, filter, {
    opening: csvLine(names),
    write: (call) => csvLine(columns.map((name) => (name === "startedAtMs" ? new Date(call.startedAtMs).toISOString() : call[name]))),
    closing: "",
  });
}

/** Calls as one JSON array, the newest first, a call a line. */
export function exportJson(store: Pick<Store, "all">, filter: CallFilter): ReadableStream<Uint8Array> {
  return streamPages(store, filter, {
    opening: "[",
    write: (call, index) => `${index === 0 ? "\n" : ",\n"}${JSON.stringify(call)}`,
    closing: "\n]\n",
  });
}

/** Calls as lines of JSON, a call a line, the newest first. */
export function exportJsonl(store: Pick<Store, "all">, filter: CallFilter): ReadableStream<Uint8Array> {
  return streamPages(store, filter, { opening: "", write: (call) => `${JSON.stringify(call)}\n`, closing: "" });
}

interface ExportFormat {
  readonly opening: string;
  write(call: LoggedCall, index: number): string;
  readonly closing: string;
}

function streamPages(store: Pick<Store, "all">, filter: CallFilter, format: ExportFormat): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let beforeId: number | null = null;
  let index = 0;
  let text = format.opening;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // A page may be empty and not the last; a pull that gives nothing would not come again.
      for (;;) {
        const { calls, next }: CallPage = await readCalls(store, filter, { beforeId, limit: pageSize });
        for (const call of calls) text += format.write(call, index++);
        beforeId = next;
        if (next === null) text += format.closing;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (next === null) controller.close();
        if (next === null || text !== "") break;
      }
      text = "";
    },
  });
}
