import type { ProviderRow } from "#core/config/provider-rows.ts";
import { isLoaded, loadDialect } from "#core/dialects/index.ts";
import type { RouteNode } from "#core/routing/route-types.ts";
import { loadAwsEventStream } from "#core/wire/aws-event-stream.ts";

/** Loads what the targets of a plan speak; null where all of it is there already. */
export function loadSpoken(node: RouteNode<ProviderRow>): Promise<unknown> | null {
  if (node.kind === "branch") {
    const missing = node.tries.map(loadSpoken).filter((loading) => loading !== null);
    return missing.length === 0 ? null : Promise.all(missing);
  }
  const { dialect } = node;
  if (isLoaded(dialect)) return null;
  // Its codec first: a call that comes meanwhile must not find the one without the other.
  return dialect === "bedrock-converse" ? loadAwsEventStream().then(() => loadDialect(dialect)) : loadDialect(dialect);
}
