import { PosternError } from "#shared/errors.ts";
import type { GrantedEndpoint } from "#shared/schema/grant.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import type { EndpointMatch } from "#core/endpoints/match-endpoint.ts";
import type { ToolGrant } from "#core/access/grants.ts";
import type { Allowance } from "./allowance.ts";
import type { Exchange } from "./exchange.ts";

/** What a path asks for, as grants name it; null for what needs no key. */
export function wantedBy(match: EndpointMatch, namesProvider: boolean): GrantedEndpoint | null {
  switch (match.kind) {
    case "call":
      return match.endpoint.id;
    case "models":
    case "model":
      return namesProvider ? "passthrough" : "models";
    case "passthrough":
    case "catalog":
    case "metrics":
      return match.kind;
    default:
      return null;
  }
}

/**
 * Lets a caller in whose key is known, or keeps it out: by the web page that calls, and by what its grant says of the path.
 * From here on the exchange carries what the grant allows.
 *
 * @param origins the web pages that may call with a key that says nothing of web pages
 * @throws {PosternError} `origin_not_allowed`, `not_granted`, or `invalid_api_key` for a key that is paused or has expired
 */
export function admitCaller(
  exchange: Exchange,
  { grant }: Caller,
  tools: { readonly allowanceOf: (grant: ToolGrant) => Allowance; readonly origins: readonly string[] },
): void {
  const { origin } = exchange.head;
  const isOpenTo = origin === null || tools.origins.includes(origin);
  if (grant === null || grant.kind === "owner") {
    if (isOpenTo) return;
    // It may not read this answer either.
    exchange.extraHeaders = [];
    throw new PosternError(
      "origin_not_allowed",
      "Cannot answer this web page: its origin is allowed for another key; send that one, or add the origin to gateway.allowedOrigins",
    );
  }
  const allowance = tools.allowanceOf(grant);
  exchange.allowance = allowance;
  if (exchange.wanted === null) return;
  const judgedOrigin = isOpenTo && grant.permissions.origins.length === 0 ? null : origin;
  try {
    allowance.check({ kind: "endpoint", endpoint: exchange.wanted, origin: judgedOrigin });
  } catch (error) {
    if (error instanceof PosternError && error.code === "origin_not_allowed") exchange.extraHeaders = [];
    throw error;
  }
}
