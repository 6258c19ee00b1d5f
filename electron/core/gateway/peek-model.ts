import type { IncomingMessage } from "node:http";

const mostBytes = 65_536;
const waitMs = 1_000;
const mostAtOnce = 8;
let peeking = 0;

/**
 * Looks for the model's name at the beginning of a body that is otherwise thrown away: of a call that was refused before it
 * was read, so that the person is told what it was for. Calls back at most once, and not at all where it is not found soon.
 */
export function peekModel(request: IncomingMessage, tell: (model: string) => void): void {
  if (peeking >= mostAtOnce || request.complete || request.headers["content-encoding"] !== undefined) return;
  peeking += 1;
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(finish, waitMs).unref();
  request.on("data", take);
  request.once("end", finish);
  request.once("close", finish);

  function take(chunk: Buffer): void {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= mostBytes) finish();
  }

  function finish(): void {
    clearTimeout(timer);
    request.off("data", take);
    request.off("end", finish);
    request.off("close", finish);
    peeking -= 1;
    const model = /"model"\s*:\s*"([^"\\]{1,200})"/.exec(Buffer.concat(chunks).toString("utf8", 0, mostBytes))?.[1];
    if (model !== undefined) tell(model);
  }
}
