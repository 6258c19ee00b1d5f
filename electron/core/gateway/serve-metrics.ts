import { type Caller, unauthenticated } from "#core/access/identify-caller.ts";
import type { Exchange } from "./exchange.ts";
import { ownHeaders } from "./response-headers.ts";

/**
 * Answers `GET /metrics` for a scraper that has a local key: the names of models and providers in it are nobody else's
 * business.
 *
 * @throws {PosternError} `invalid_api_key` where no local key came
 */
export function serveMetrics(exchange: Exchange, caller: Caller, text: () => string): void {
  if (caller.grant === null) throw unauthenticated("Cannot show metrics: that needs a local key; send one as a bearer");
  const { request, response, extraHeaders } = exchange;
  request.resume();
  const body = Buffer.from(text());
  response.writeHead(200, [
    ...ownHeaders,
    ...extraHeaders,
    "content-type",
    "text/plain; version=0.0.4; charset=utf-8",
    "content-length",
    String(body.length),
  ]);
  response.end(request.method === "HEAD" ? undefined : body);
}
