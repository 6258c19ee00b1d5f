/** How the scripted provider sends a stream: as fast as it is read (many chunks, or a few), or one chunk every few milliseconds. */
export type StreamPattern = "burst" | "short" | "paced";

/** Chunks of each streamed answer; a paced one then takes about a second. */
export const chunksPerStream = { burst: 2_000, short: 20, paced: 250 } as const satisfies Record<StreamPattern, number>;

/** From one chunk of a paced stream to its next. */
export const pacedIntervalMs = 4;

/** The model that every request asks for. */
export const modelName = "gpt-4o-mini";

/** What the provider wants to see: a key that came through, or was put in, on the way. */
export const providerKeyPrefix = "sk-bench-";

// Prompts to coding tools are code. Each line break, quote and backslash is escaped in JSON, here as in TypeScript and
// JavaScript sources at large: one in about 27 characters.
const code = `import { readEntries } from "./read-entries.ts";
import type { DescribeOptions, Entry } from "./entry.ts";

export function describeEntries(entries: readonly Entry[], options: DescribeOptions): string[] {
  const labels = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const label = entry.label.trim() || options.emptyLabel;
    labels.set(label, (labels.get(label) ?? 0) + entry.count);
    if (index > options.limit) throw new RangeError("too many entries");
  }
  // Names that differ only in their number belong together: "row 7" and "row 12".
  const pattern = /^row \\d+$/u;
  return [...labels].filter(([label]) => !pattern.test(label)).map(([label, count]) => label + " " + count);
}
`;

/**
 * A chat request of exactly this many bytes of ASCII, as a coding tool would send it: several turns full of code.
 *
 * @param bytes at least 400
 */
export function chatBody(bytes: number): string {
  const turns: { role: string; content: string }[] = [{ role: "system", content: "You are a careful programmer. Answer with code." }];
  const write = (): string => JSON.stringify({ model: modelName, temperature: 0.2, messages: turns });
  while (bytes - write().length > 4_000) turns.push({ role: turns.length % 2 === 1 ? "user" : "assistant", content: code.repeat(4) });
  const last = { role: "user", content: "" };
  turns.push(last);
  for (let at = 0; bytes - write().length > 2; at++) last.content += code[at % code.length];
  last.content += "x".repeat(bytes - write().length);
  return write();
}

/**
 * A streamed chat request of about 1 kB. It asks for usage, so that the bytes to relay are the same for every gateway;
 * `user` tells the scripted provider the pattern.
 */
export function streamBody(pattern: StreamPattern): string {
  const messages = [{ role: "user", content: code }];
  return JSON.stringify({ model: modelName, user: `bench-${pattern}`, stream: true, stream_options: { include_usage: true }, messages });
}
