import type { Strategy } from "#shared/schema/routing-strategy.ts";
import { readPlace } from "./conditions.ts";
import type { CallInputs } from "./route-types.ts";

/** One of several that a draw may choose. */
export interface Candidate {
  /** Says which it is, the same from call to call. */
  readonly id: string;
  /** Its share is its part of all weights; above 0. */
  readonly weight: number;
}

/**
 * Draws by weight.
 *
 * @param random 0 up to, but not including, 1
 * @returns the index of the chosen one; there must be one
 */
export function drawByWeight(candidates: readonly Candidate[], random: number): number {
  let rest = random * candidates.reduce((sum, { weight }) => sum + weight, 0);
  for (const [index, { weight }] of candidates.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return candidates.length - 1;
}

/**
 * Draws by weight, but always the same for the same key (weighted rendezvous hashing): when one candidate goes, only
 * those that it had move on, and they come back with it.
 *
 * @see https://www.snia.org/sites/default/files/SDC15_presentations/dist_sys/Jason_Resch_New_Consistent_Hashings_Rev.pdf
 * @returns the index of the chosen one; there must be one
 */
export function drawByKey(candidates: readonly Candidate[], key: string): number {
  let best = 0;
  let bestScore = Infinity;
  for (const [index, { id, weight }] of candidates.entries()) {
    const score = -Math.log((hash(`${key}\n${id}`) + 0.5) / 2 ** 32) / weight;
    if (score < bestScore) [best, bestScore] = [index, score];
  }
  return best;
}

/**
 * What keeps a call with its target: the values that the strategy names. With a time to live the key changes once in
 * that time, for each at another moment.
 *
 * @returns null where the call has none of them, or nothing is to be kept
 */
export function stickyKey(strategy: Strategy, inputs: CallInputs, nowMs: number): string | null {
  const sticky = strategy.sticky ?? strategy.sticky_session;
  if (sticky === undefined || sticky.enabled === false) return null;
  const values = (sticky.by === undefined ? (sticky.hash_fields ?? []) : [sticky.by]).map((place) => readKey(place, inputs));
  if (values.every((value) => value === null)) return null;
  const key = JSON.stringify(values);
  if (sticky.ttl === undefined) return key;
  const ttlMs = sticky.ttl * 1_000;
  return `${key}@${Math.floor((nowMs + (hash(key) % ttlMs)) / ttlMs)}`;
}

/** Texts that a conversation begins with may be long; their first part tells them apart well enough. */
const longestKey = 8_192;

function readKey(place: string, inputs: CallInputs): string | null {
  const value = place === "user" ? readUser(inputs) : place === "conversation" ? readConversation(inputs) : readPlace(place, inputs);
  if (value === undefined || value === null || value === "") return null;
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, longestKey);
}

/** The end user, wherever a client's API or Portkey's metadata (`_user`) has it. */
function readUser(inputs: CallInputs): unknown {
  return first(inputs, [
    "params.user",
    "params.safety_identifier",
    "params.metadata.user_id",
    "metadata._user",
    "metadata.user_id",
    "metadata.user",
  ]);
}

/** The conversation's name, wherever a client puts it; else what it began with, which every turn repeats. */
function readConversation(inputs: CallInputs): unknown {
  const named = first(inputs, [
    "params.prompt_cache_key",
    "params.conversation",
    "headers.session_id",
    "headers.x-session-id",
    "headers.x-claude-code-session-id",
    "metadata.session_id",
    "metadata.conversation_id",
    "metadata.thread_id",
    // Claude Code names its session there.
    "params.metadata.user_id",
  ]);
  if (named !== undefined) return named;
  const beginning = ["system", "instructions", "systemInstruction"].map((name) => inputs.param(name));
  const turns = ["messages", "input", "contents"].map((name) => inputs.param(name)).find((value) => value !== undefined);
  if (turns === undefined) return undefined;
  // A system message and the first question; an answer that is already there says no more.
  return JSON.stringify([...beginning, Array.isArray(turns) ? turns.slice(0, 2) : turns]);
}

function first(inputs: CallInputs, places: readonly string[]): unknown {
  for (const place of places) {
    const value = readPlace(place, inputs);
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

/** FNV-1a over UTF-16 units, with murmur3's last steps so that near texts fall far apart. 32 bits, not for secrets. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
