import { PosternError } from "#shared/errors.ts";
import type { RequestHead } from "#core/access/read-head.ts";

/** What the listener lets in, beside itself. */
export interface OriginRules {
  /** `127.0.0.1:8787` and its like: the names under which this machine may call. */
  readonly hosts: ReadonlySet<string>;
  /** Web pages that may call. */
  readonly origins: ReadonlySet<string>;
}

/**
 * Refuses calls that a web page could have made: a host name that is not this machine's own (DNS rebinding), a page
 * that was not allowed, or a request that the browser itself says comes from another site.
 *
 * @throws {PosternError} `host_not_allowed`, `origin_not_allowed` or `invalid_http`
 */
export function guardOrigin(head: RequestHead, rules: OriginRules, isGreeting: boolean): void {
  if (head.host === null) throw new PosternError("invalid_http", "Cannot take this request: it has no Host header");
  if (!rules.hosts.has(head.host.toLowerCase())) {
    throw new PosternError(
      "host_not_allowed",
      "Cannot answer under this host name: only this machine's own names are; add others to gateway.allowedHosts",
    );
  }
  if (head.origin !== null) {
    if (rules.origins.has(head.origin)) return;
    throw new PosternError(
      "origin_not_allowed",
      'Cannot answer this web page: its origin was not allowed; allow it with "postern grant NAME --allow-origin ORIGIN", or add it to gateway.allowedOrigins',
    );
  }
  const site = head.secFetchSite;
  if (site !== "cross-site" && site !== "same-site") return;
  if (isGreeting && head.secFetchMode === "navigate" && head.secFetchDest === "document") return;
  throw new PosternError("origin_not_allowed", "Cannot answer this call: the browser says that it comes from another site");
}

/** What lets an allowed web page read the answer. */
export function corsHeaders(origin: string): readonly string[] {
  return ["access-control-allow-origin", origin, "access-control-expose-headers", "*", "vary", "Origin"];
}
