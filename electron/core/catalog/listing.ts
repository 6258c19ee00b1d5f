import type { Validators } from "#core/upstream/fetch-fresh-json.ts";
import type { SourceModel } from "./source-model.ts";

/** What one source listed, by the provider that serves it. A provider's own list has one group, its own. */
export interface Listing {
  readonly groups: readonly ListingGroup[];
  /** When it came, in milliseconds since 1970; null for what ships with Postern. */
  readonly fetchedAtMs: number | null;
  readonly validators: Validators | null;
  /** The origin and base path that it came from: another address has other models. */
  readonly address: string;
}

/** The models of one provider in a list, each id once. */
export interface ListingGroup {
  readonly provider: string;
  readonly models: readonly SourceModel[];
}

/** How many models a listing has. */
export function countModels(listing: Listing): number {
  return listing.groups.reduce((sum, group) => sum + group.models.length, 0);
}
