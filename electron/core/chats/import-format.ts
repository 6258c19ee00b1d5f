import { createHash } from "node:crypto";
import type * as z from "zod";
import { PosternError } from "#shared/errors.ts";
import type { ExportedChat, Preset } from "#shared/schema/chat-export.ts";
import { chatIdSchema, longestTitle } from "#shared/schema/chat.ts";

/** What a file of chats holds, in Postern's own words. */
export interface ImportedChats {
  readonly format: "postern" | "chatgpt" | "open-webui";
  readonly chats: readonly ExportedChat[];
  readonly presets: readonly Preset[];
  readonly attachments: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
}

/** One way in which programs write their chats. Each chat is read by itself, so that a large file does not hold up everything else. */
export interface ImportFormat {
  /** Whether a file is of this format, by a glance at it. */
  matches(file: unknown): boolean;
  /** Reads it, piece by piece. @throws {PosternError} `invalid_body` naming the chat that cannot be read */
  read(file: unknown): AsyncGenerator<ExportedChat, Pick<ImportedChats, "presets" | "attachments">>;
}

/**
 * An id of ours for one of another program's: the same one each time, so that reading a file twice makes nothing twice.
 *
 * @param space what sets these ids apart from others that look the same
 */
export function idOf(space: string, id: string): string {
  const own = chatIdSchema.safeParse(id.toLowerCase());
  if (own.success) return own.data;
  const digits = createHash("sha256").update(`${space}\n${id}`).digest("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** A title of another program's, as ours may be. */
export function titleOf(title: string | null | undefined): string {
  return title?.trim().slice(0, longestTitle) || "Imported chat";
}

/** Milliseconds from seconds, as most exports count; 0 where there are none. */
export function msOf(seconds: number | null | undefined): number {
  return Math.max(0, Math.round((seconds ?? 0) * 1_000));
}

/** Reads one chat of a file. @throws {PosternError} saying which, and where */
export function readChat<Schema extends z.ZodType>(schema: Schema, value: unknown, index: number): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.join(".") ?? "";
  throw new PosternError(
    "invalid_body",
    `Cannot import this file: its chat ${index + 1} cannot be read${at === "" ? "" : ` (at ${at.slice(0, 120)})`}; nothing was imported`,
  );
}
