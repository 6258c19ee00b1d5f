import { type Attachment, mostAttachmentBytes } from "#shared/schema/chat.ts";
import { admin } from "../../../data/admin.ts";

const blobs = new Map<string, Blob>();
const urls = new Map<string, string>();

/** What a file is to a model: how it is sent, and how it is shown. */
export type AttachmentKind = "image" | "pdf" | "audio" | "text" | "other";

const imageTypes = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const audioTypes = ["audio/wav", "audio/x-wav", "audio/mpeg", "audio/mp3"];

/** @param attachment what the browser said of it; its bytes are not looked at */
export function kindOf({ mediaType }: Pick<Attachment, "mediaType">): AttachmentKind {
  if (imageTypes.includes(mediaType)) return "image";
  if (audioTypes.includes(mediaType)) return "audio";
  if (mediaType === "application/pdf") return "pdf";
  return mediaType.startsWith("text/") ? "text" : "other";
}

/** A file that cannot be attached, and why: the key of the message to say. */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
  readonly why: "attachTooLarge" | "attachEmpty" | "attachOther";

  constructor(why: UnusableFile["why"], fileName: string) {
    super(fileName);
    this.why = why;
  }
}

/**
 * Makes an attachment of a file. It stays in this page; {@link keepAttachment} brings it to disk.
 *
 * @throws {UnusableFile}
 */
export async function readFile(file: File): Promise<Attachment> {
  if (file.size > mostAttachmentBytes) throw new UnusableFile("attachTooLarge", file.name);
  if (file.size === 0) throw new UnusableFile("attachEmpty", file.name);
  const bytes = await file.arrayBuffer();
  const given = file.type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  // Browsers know few names of code and logs; what reads as text is text.
  const mediaType = kindOf({ mediaType: given }) === "other" && isText(bytes) ? "text/plain" : given;
  if (kindOf({ mediaType }) === "other") throw new UnusableFile("attachOther", file.name);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  blobs.set(hash, new Blob([bytes], { type: mediaType }));
  return { type: "attachment", hash, name: file.name.slice(0, 255) || "file", mediaType, bytes: file.size };
}

/** Brings a file to disk. @throws {AdminError} */
export async function keepAttachment({ hash }: Attachment): Promise<void> {
  const blob = blobs.get(hash);
  if (blob !== undefined) await admin("addAttachment", { body: new Uint8Array(await blob.arrayBuffer()) });
}

/** The bytes of an attachment, from this page or from disk. @throws {AdminError} where its file is gone */
export async function blobOf({ hash, mediaType }: Attachment): Promise<Blob> {
  const known = blobs.get(hash);
  if (known !== undefined) return known;
  const response = await admin("getAttachment", { parameters: { hash } });
  const blob = new Blob([await response.arrayBuffer()], { type: mediaType });
  blobs.set(hash, blob);
  return blob;
}

/** An address under which this page can show a picture. Only for kinds that browsers draw and do not run. */
export async function urlOf(attachment: Attachment): Promise<string> {
  const known = urls.get(attachment.hash);
  if (known !== undefined) return known;
  const url = URL.createObjectURL(await blobOf(attachment));
  urls.set(attachment.hash, url);
  return url;
}

function isText(bytes: ArrayBuffer): boolean {
  try {
    return !new TextDecoder("utf-8", { fatal: true }).decode(bytes).includes("\u0000");
  } catch {
    return false;
  }
}
