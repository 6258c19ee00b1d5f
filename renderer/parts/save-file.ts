/**
 * Puts a file into the person's downloads.
 *
 * @param body text, or an answer whose bytes the browser keeps on disk where they are many
 */
export async function saveFile(name: string, body: string | Response): Promise<void> {
  const blob = typeof body === "string" ? new Blob([body]) : await body.blob();
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken hold of the bytes by the end of this turn.
  setTimeout(() => URL.revokeObjectURL(url));
}

/** `postern-calls-2026-11-21.csv` */
export function datedName(stem: string, extension: string): string {
  const now = new Date();
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return `postern-${stem}-${date}.${extension}`;
}
