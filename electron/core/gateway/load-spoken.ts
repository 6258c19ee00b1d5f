import type { DialectId } from "#shared/schema/provider.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { isLoaded, loadDialect } from "#core/dialects/index.ts";
import type { RouteNode } from "#core/routing/route-types.ts";
import { loadAwsEventStream } from "#core/wire/aws-event-stream.ts";

/** Bedrock's is left to who speaks it: few do, and its codec alone takes as long as all of these. */
const likely: readonly DialectId[] = ["anthropic-messages", "openai-responses", "gemini-generate", "cohere-chat"];
const delayMs = 1_000;

/** Loads what the targets of a plan speak; null where all of it is there already. */
export function loadSpoken(node: RouteNode<ProviderRow>): Promise<void> | null {
  return isMissing(node) ? loadMissing(node) : null;
}

/**
 * Loads a moment after the start what a start does not wait for: the first call that speaks it is as fast as the next one,
 * and a Postern that is replaced on the disk while it runs has it already.
 */
export function loadLikelySoon(): void {
  setTimeout(() => {
    // One after the other: between two of them calls are answered. One that cannot be loaded says so to who needs it.
    void likely.reduce((former, dialect) => former.then(() => load(dialect)), Promise.resolve()).catch(() => {});
  }, delayMs).unref();
}

function isMissing(node: RouteNode<ProviderRow>): boolean {
  return node.kind === "target" ? !isLoaded(node.dialect) : node.tries.some(isMissing);
}

async function loadMissing(node: RouteNode<ProviderRow>): Promise<void> {
  if (node.kind === "target") await load(node.dialect);
  else await Promise.all(node.tries.map(loadMissing));
}

async function load(dialect: DialectId): Promise<void> {
  // Its codec first: a call that comes meanwhile must not find the one without the other.
  if (dialect === "bedrock-converse") await loadAwsEventStream();
  await loadDialect(dialect);
}
