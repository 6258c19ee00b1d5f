import { PosternError } from "#shared/errors.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchFreshJson, type FreshJson, type Validators } from "#core/upstream/fetch-fresh-json.ts";
import type { ListingGroup } from "./listing.ts";
import { readPage } from "./read-page.ts";
import type { SourceModel } from "./source-model.ts";
import type { Lister } from "./sources/lister.ts";

/** Where a source is, how it is read, and what proves who asks. */
export interface ListingRequest {
  /** The source's name: named in errors, and the provider of its models where entries name none. */
  readonly who: string;
  readonly lister: Lister;
  readonly origin: string;
  readonly basePath: string;
  /** The headers of one request for this path, signed for it where the source knows who asks. */
  headersFor(path: string): Promise<readonly string[]>;
  readonly timeoutMs: number;
}

/** What came: the models, or that nothing has changed. */
export type FetchedListing =
  | { readonly kind: "new"; readonly groups: readonly ListingGroup[]; readonly validators: Validators | null }
  | { readonly kind: "unchanged" };

const maxPageBytes = 8_388_608;
const mostPages = 40;

/**
 * Fetches a source's whole list, page by page, from its own address only.
 *
 * @param known what came with the list that is here
 * @throws {PosternError} `upstream_*` with the source's name; nothing of a broken list is used
 */
export async function fetchListing(
  request: ListingRequest,
  tools: { readonly connections: Pick<Connections, "to"> },
  known: Validators | null,
): Promise<FetchedListing> {
  const { lister, basePath, who } = request;
  const models = new Map<string, Map<string, SourceModel>>();
  const fetchPage = async (path: string, validators: Validators | null): Promise<FreshJson> =>
    fetchFreshJson(
      tools.connections.to(request.origin),
      { who, origin: request.origin, path, headers: await request.headersFor(path), timeoutMs: request.timeoutMs, maxBytes: maxPageBytes },
      validators,
    );

  let path: string | null = lister.path(basePath);
  let first: Validators | null = null;
  for (let page = 0; path !== null && page < mostPages; page++) {
    let answer = await fetchPage(path, page === 0 ? known : null);
    if (answer.kind === "unchanged") return answer;
    const mayBeElsewhere = answer.kind === "refused" && answer.status !== 401 && answer.status !== 403;
    if (page === 0 && mayBeElsewhere && lister.instead !== undefined) answer = await fetchPage(lister.instead(basePath), null);
    if (answer.kind !== "new") throw refusal(who, answer.kind === "refused" ? answer.status : 304);
    await readPage(answer.value, { lister, who }, models);
    const next: string | null = lister.next?.(answer.value, basePath) ?? null;
    // One page's version says nothing of the others'.
    first = page === 0 && next === null ? answer.validators : null;
    path = next === path ? null : next;
  }
  const groups = [...models].map(([provider, byId]) => ({ provider, models: [...byId.values()] }));
  const isMarked = first !== null && (first.etag !== null || first.lastModified !== null);
  return { kind: "new", groups, validators: isMarked ? first : null };
}

function refusal(who: string, status: number): PosternError {
  const what = status === 401 || status === 403 ? `it refused the key (${status})` : `it answered ${status}`;
  return new PosternError("upstream_invalid", `Cannot read the model list of ${who}: ${what}`);
}
