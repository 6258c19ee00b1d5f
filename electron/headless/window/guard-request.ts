import type { IncomingMessage } from "node:http";
import { pathOf } from "#shared/path-of.ts";

/** A refusal before anything was looked at. */
export interface Refused {
  readonly status: number;
  readonly message: string;
}

/**
 * Holds a request to the one origin that the window has. The listener is on loopback, where any page of any browser and
 * any program of any user can knock.
 *
 * @param own `127.0.0.1:4711`
 * @returns null where it may go on
 */
export function guardRequest(request: IncomingMessage, own: string): Refused | null {
  const { headers, rawHeaders } = request;
  // node:http takes the first of several and says nothing of the others.
  for (const name of ["host", "origin", "cookie", "x-postern-tab", "content-type"]) {
    if (rawHeaders.filter((word, index) => index % 2 === 0 && word.toLowerCase() === name).length > 1)
      return { status: 400, message: `Cannot take this request: its ${name} header came twice` };
  }
  // A name that somebody else's DNS points here is not ours.
  if (headers.host?.toLowerCase() !== own) return { status: 403, message: "Cannot answer under this host name" };
  if (request.url?.startsWith("/") !== true) return { status: 400, message: "Cannot take this request: its target is not a path" };
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (!isReading && !["POST", "PUT", "DELETE"].includes(request.method ?? ""))
    return { status: 405, message: `Cannot ${request.method} here` };
  const site = headers["sec-fetch-site"];
  if (headers.origin === undefined) {
    // The first visit comes from a terminal, a mail or a bookmark; only the empty page may be opened like that.
    const isOpening = isReading && pathOf(request) === "/" && (headers["sec-fetch-mode"] ?? "navigate") === "navigate";
    if (isReading && (isOpening || site === undefined || site === "same-origin" || site === "none")) return null;
    return { status: 403, message: "Cannot answer this call: it does not say that it comes from Postern's window" };
  }
  const isOwn = headers.origin === `http://${own}` && (site === undefined || site === "same-origin");
  return isOwn ? null : { status: 403, message: "Cannot answer this web page: it is not Postern's window" };
}

/**
 * Whether a call that reads or changes something comes from the window's own page: by its Origin, which browsers send
 * with everything but a plain GET, and with that by `Sec-Fetch-Site`, which no page can set.
 */
export function isOwnPage(request: IncomingMessage, own: string): boolean {
  const { origin } = request.headers;
  return origin === undefined ? request.headers["sec-fetch-site"] === "same-origin" : origin === `http://${own}`;
}
