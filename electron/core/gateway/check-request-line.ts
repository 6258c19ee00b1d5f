import type { IncomingMessage } from "node:http";
import type { RequestHead } from "#core/access/read-head.ts";
import { PosternError } from "#shared/errors.ts";

const longestUrl = 8_192;

/**
 * Refuses what node:http lets through although RFC 9112 does not, and calls that came back to this instance.
 *
 * @param viaName how this instance calls itself in `Via`
 * @throws {PosternError} `uri_too_long`, `invalid_http`, `method_not_allowed` or `loop_detected`
 */
export function checkRequestLine(request: IncomingMessage, head: RequestHead, viaName: string): void {
  const url = request.url ?? "";
  if (url.length > longestUrl)
    throw new PosternError("uri_too_long", `Cannot take this request: its URL is longer than ${longestUrl} characters`);
  if (!url.startsWith("/") && !(request.method === "OPTIONS" && url === "*"))
    throw new PosternError("invalid_http", "Cannot take this request: its target is not a path");
  if (request.method === "TRACE" || request.method === "CONNECT")
    throw new PosternError("method_not_allowed", `Cannot ${request.method} anything here`, { headers: { allow: "GET, POST, DELETE" } });
  const coding = head.transferEncoding;
  if (coding !== null && (request.httpVersion === "1.0" || coding.toLowerCase() !== "chunked")) {
    throw new PosternError("invalid_http", "Cannot take this request: its Transfer-Encoding is not chunked, in HTTP/1.1");
  }
  if (head.via?.includes(viaName) === true) {
    throw new PosternError(
      "loop_detected",
      "Cannot route this call: it came back to the Postern that sent it; check the provider's base URL",
    );
  }
}
