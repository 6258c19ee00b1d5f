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

// Prompts to coding tools are code: a line break, a quote or a backslash every few characters, each escaped in JSON.
const line =
  '  const label = entry.label ?? "none"; // \\d+ as in "row 17"\n\tif (label !== "none") seen.push({ label, path: "a\\\\b" });\n';

/**
 * A chat request of exactly this many bytes of ASCII, as a coding tool would send it: several turns full of code.
 *
 * @param bytes at least 400
 */
export function chatBody(bytes: number): string {
  const turns: { role: string; content: string }[] = [{ role: "system", content: "You are a careful programmer. Answer with code." }];
  const write = (): string => JSON.stringify({ model: modelName, temperature: 0.2, messages: turns });
  while (bytes - write().length > 4_000) turns.push({ role: turns.length % 2 === 1 ? "user" : "assistant", content: line.repeat(25) });
  const last = { role: "user", content: "" };
  turns.push(last);
  while (bytes - write().length > 2 * line.length) last.content += line;
  last.content += "x".repeat(bytes - write().length);
  return write();
}

/**
 * A streamed chat request of about 1 kB. It asks for usage, so that the bytes to relay are the same for every gateway;
 * `user` tells the scripted provider the pattern.
 */
export function streamBody(pattern: StreamPattern): string {
  const messages = [{ role: "user", content: line.repeat(6) }];
  return JSON.stringify({ model: modelName, user: `bench-${pattern}`, stream: true, stream_options: { include_usage: true }, messages });
}
