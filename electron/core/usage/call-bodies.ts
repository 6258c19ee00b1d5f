import type { Store } from "#core/store/store.ts";
import { scrubKeys } from "./scrub-keys.ts";

/** What one call sent and got. */
export interface CallBodies {
  readonly id: number;
  readonly startedAtMs: number;
  readonly request: Uint8Array | null;
  readonly response: Uint8Array | null;
  /** Of the whole, where what is here was cut. */
  readonly requestBytes: number;
  readonly responseBytes: number;
}

const insertSql = "INSERT INTO call_bodies (id, started_at_ms, request, response, request_bytes, response_bytes) VALUES (?, ?, ?, ?, ?, ?)";

/**
 * Keeps the bodies of a call, as text and without anything that looks like a key. Only for calls whose person has asked for
 * it. They are no part of what the log promises: where they cannot be written, they are not kept.
 *
 * @param mostBytes what is kept of each
 */
export async function keepBodies(store: Pick<Store, "run">, bodies: CallBodies, mostBytes: number): Promise<void> {
  const text = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : scrubKeys(new TextDecoder().decode(bytes.subarray(0, mostBytes)));
  await store.run(insertSql, [
    bodies.id,
    Math.round(bodies.startedAtMs),
    text(bodies.request),
    text(bodies.response),
    bodies.requestBytes,
    bodies.responseBytes,
  ]);
}

/** Reads the bodies of a call of the log; null where none are kept. */
export async function readBodies(
  store: Pick<Store, "all">,
  callId: number,
): Promise<{ request: string | null; response: string | null; requestBytes: number; responseBytes: number } | null> {
  const [row] = await store.all<{ request: string | null; response: string | null; request_bytes: number; response_bytes: number }>(
    `SELECT request, response, call_bodies.request_bytes, call_bodies.response_bytes
     FROM calls JOIN call_bodies ON call_bodies.id = calls.body_id WHERE calls.id = ?`,
    [callId],
  );
  if (row === undefined) return null;
  return { request: row.request, response: row.response, requestBytes: row.request_bytes, responseBytes: row.response_bytes };
}

/** Forgets the bodies of calls that were begun before a moment. */
export async function forgetBodies(store: Pick<Store, "run">, beforeMs: number): Promise<void> {
  await store.run("DELETE FROM call_bodies WHERE started_at_ms < ?", [Math.round(beforeMs)]);
}

/** Whether a person's setting asks for a tool's bodies: its name, or `*` for every tool. */
export function keepsBodiesOf(tool: string | null, names: readonly string[]): boolean {
  return names.length > 0 && (names.includes("*") || (tool !== null && names.includes(tool)));
}
