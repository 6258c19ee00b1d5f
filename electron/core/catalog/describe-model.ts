import { PosternError } from "#shared/errors.ts";
import type { Freshness, GatewayModel, HuggingFaceMetrics, ModelAnswer } from "#shared/schema/model.ts";
import type { GatewayLists } from "./gateway-lists.ts";
import type { HostedModel } from "./hosted-model.ts";
import type { KeptListings } from "./kept-listings.ts";
import { defaultGateway, type ListSource } from "./list-sources.ts";
import type { LiveIndex } from "./live-index.ts";
import { type Endpoint, isVariant, type ModelIndex, type ModelRow } from "./model-index.ts";
import type { ModelFactBook } from "./model-facts.ts";
import type { ModelNames } from "./model-names.ts";
import { firstKnown } from "./row-facts.ts";
import type { ModelPrices } from "./source-model.ts";
import { modalityText, viewCapabilities, viewHost, viewModel, viewPricing } from "./view-model.ts";

/** What is asked of one model. */
export interface ModelQuestion {
  /** `meta-llama`: who made the model, or a gateway of ours. */
  readonly provider: string;
  readonly model: string;
  /** Gateways to ask, the first that has it answers; empty: whichever has it. */
  readonly gateways: readonly string[];
  readonly includeHuggingFace: boolean;
}

/** What an answer is made of. */
export interface DescribeParts {
  readonly lists: GatewayLists;
  readonly kept: KeptListings;
  readonly index: LiveIndex;
  readonly facts: ModelFactBook;
  readonly names: ModelNames;
  readonly nowMs: () => number;
  /** Gateways that are tried after the one that was named could not be reached. */
  readonly fallback: () => readonly string[];
  readonly keyProblem: (source: ListSource) => PosternError | null;
  /** Who serves a model behind a gateway, where it tells. Never rejects. */
  readonly hostsOf: (source: ListSource, id: string) => Promise<readonly HostedModel[]>;
  /** Never rejects; null where nothing is known. */
  readonly metricsOf: (huggingFaceId: string) => Promise<HuggingFaceMetrics | null>;
  readonly warn: (words: string) => void;
}

interface Found {
  readonly source: ListSource;
  readonly endpoint: Endpoint;
  readonly row: ModelRow;
}

/**
 * Finds a model at the gateways that were named, or at whichever has it, and says everything that is known of it there.
 *
 * What is in a list that is kept is answered from there at once, and the list is fetched anew behind it where it is old.
 *
 * @throws {PosternError} `model_not_found` (404); `upstream_unreachable` with status 503 for a gateway that cannot be asked;
 *   `provider_key_missing` or `key_origin_mismatch` where its key is what is missing
 */
export async function describeModel(question: ModelQuestion, parts: DescribeParts): Promise<ModelAnswer> {
  const { found, passedOver } =
    question.gateways.length === 0 ? { found: await findAnywhere(question, parts), passedOver: [] } : await findInChain(question, parts);
  const { source } = found;
  if (parts.kept.isStale(source) && parts.lists.isUsable(source)) parts.kept.refreshQuietly(source);
  return {
    data: await describe(found, question.includeHuggingFace, parts),
    provider: question.provider,
    model: question.model,
    gateway: source.id,
    include_huggingface: question.includeHuggingFace,
    timestamp: new Date(parts.nowMs()).toISOString(),
    freshness: freshnessOf(source, parts),
    passed_over: passedOver,
  };
}

/** How old what is known of a source is; what ships with Postern has no age. */
export function freshnessOf(source: ListSource, { lists, kept, nowMs }: Pick<DescribeParts, "lists" | "kept" | "nowMs">): Freshness {
  const listing = lists.listingOf(source);
  const fetchedAtMs = listing?.fetchedAtMs ?? null;
  if (fetchedAtMs === null) return { fetched_at: null, age_seconds: null, stale: false };
  return {
    fetched_at: new Date(fetchedAtMs).toISOString(),
    age_seconds: Math.max(0, Math.round((nowMs() - fetchedAtMs) / 1000)),
    stale: kept.isStale(source),
  };
}

/** The first gateway whose kept list has it; else the default one is asked. */
async function findAnywhere(question: ModelQuestion, parts: DescribeParts): Promise<Found> {
  const { lists, kept } = parts;
  const gateways = lists.inOrder();
  const inCache = findFirst(gateways, question, parts);
  if (inCache !== null) return inCache;
  const unread = gateways.filter((source) => kept.get(source) === null && lists.isUsable(source));
  if (unread.length > 0 && gateways.every((source) => kept.get(source) === null)) {
    // Nothing was ever read: every gateway that can be asked has its say, and their failures are told by the default's.
    await Promise.all(unread.map((source) => kept.fetch(source).catch(() => {})));
    await parts.index.settled();
    const first = findFirst(gateways, question, parts);
    if (first !== null) return first;
  } else {
    for (const source of unread) kept.refreshQuietly(source);
  }
  const source = lists.find(defaultGateway);
  if (source === undefined || !source.enabled) throw notFound(question, "any gateway's list");
  return findAt(source, question, parts);
}

function findFirst(gateways: readonly ListSource[], question: ModelQuestion, parts: DescribeParts): Found | null {
  for (const source of gateways) {
    const found = lookUp(source, question, parts.index.current);
    if (found !== null) return found;
  }
  return null;
}

type PassedOver = ModelAnswer["passed_over"][number];

async function findInChain(question: ModelQuestion, parts: DescribeParts): Promise<{ found: Found; passedOver: PassedOver[] }> {
  const named = question.gateways.map((name) => resolveGateway(name, parts));
  const passedOver: PassedOver[] = [];
  const failures: PosternError[] = [];
  for (const source of named) {
    try {
      return { found: await findAt(source, question, parts), passedOver };
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      failures.push(error);
      passedOver.push({ gateway: source.id, message: error.message });
    }
  }
  const failure = failures[0] as PosternError;
  // Only for one that cannot be reached: that it does not have the model is an answer.
  if (failure.status !== 503) throw failure;
  for (const name of parts.fallback()) {
    const source = parts.lists.find(name);
    if (source === undefined || named.includes(source)) continue;
    try {
      return { found: await findAt(source, question, parts), passedOver };
    } catch (error) {
      if (!(error instanceof PosternError)) throw error;
      passedOver.push({ gateway: source.id, message: error.message });
    }
  }
  throw failure;
}

function resolveGateway(name: string, { lists, warn }: DescribeParts): ListSource {
  const source = lists.find(name);
  if (source !== undefined && source.row !== null) return source;
  const fallback = lists.find(defaultGateway);
  if (fallback === undefined) throw new PosternError("unknown_provider", "Cannot ask this gateway: there is none of this name");
  const shown = /^[\w.-]{1,64}$/.test(name) ? `"${name}"` : "of that name";
  warn(`There is no catalog gateway ${shown}; ${defaultGateway} is asked instead`);
  return fallback;
}

/** Looks in one gateway's list, and asks for it anew where the model is not in it. */
async function findAt(source: ListSource, question: ModelQuestion, parts: DescribeParts): Promise<Found> {
  const { kept, index } = parts;
  if (!source.enabled) {
    throw new PosternError("provider_not_accepted", `Cannot ask ${source.id} for its models: it is switched off in config.json`);
  }
  const problem = source.key === "needed" ? parts.keyProblem(source) : null;
  const known = lookUp(source, question, index.current);
  // Without its key only what ships with Postern can be shown of a gateway.
  if (known !== null && (problem === null || kept.get(source) === null)) return known;
  if (problem !== null) {
    if (parts.lists.listingOf(source) !== null && kept.get(source) === null) throw notFound(question, `the built-in list of ${source.id}`);
    throw problem;
  }
  await fetchFor(source, parts);
  const found = lookUp(source, question, index.current);
  if (found !== null) return found;
  throw notFound(question, `the list of ${source.id}`);
}

async function fetchFor(source: ListSource, { kept, index }: DescribeParts): Promise<void> {
  try {
    await kept.fetch(source);
  } catch (error) {
    if (!(error instanceof PosternError) || error.fault !== "provider") throw error;
    throw new PosternError("upstream_unreachable", `Cannot ask gateway ${source.id} for its models: ${error.message}`, {
      cause: error,
      status: 503,
    });
  }
  await index.settled();
}

/** Finds a model in a gateway's own list by its id there, or by another spelling of it. */
function lookUp(source: ListSource, { provider, model }: ModelQuestion, index: ModelIndex): Found | null {
  const name = `${provider}/${model}`;
  const isOwn = (endpoint: Endpoint | undefined): endpoint is Endpoint => endpoint?.sources.includes(source.id) === true;
  const exact = index.endpoint(source.id, name) ?? (provider === source.id ? index.endpoint(source.id, model) : undefined);
  if (isOwn(exact)) return { source, endpoint: exact, row: index.rowOf(exact) };
  const row = (provider === source.id ? index.find(`@${name}`) : undefined) ?? index.find(name);
  const offers = row?.endpoints.filter((endpoint) => endpoint.provider === source.id && isOwn(endpoint)) ?? [];
  const offer = offers.find(({ facts }) => !isVariant(facts.id)) ?? offers[0];
  return offer === undefined || row === undefined ? null : { source, endpoint: offer, row };
}

async function describe(found: Found, includeHuggingFace: boolean, parts: DescribeParts): Promise<GatewayModel> {
  const { source, endpoint, row } = found;
  const { facts } = endpoint;
  const summary = viewModel(row, parts.index.factsOf(row), (provider) => parts.lists.isCallable(provider));
  const [hosts, metrics, priced] = await Promise.all([
    parts.hostsOf(source, facts.id),
    includeHuggingFace && summary.hugging_face_id !== null ? parts.metricsOf(summary.hugging_face_id) : null,
    pricesAt(found, parts),
  ]);
  const links = parts.names.linksOf(summary.provider_slug);
  const { architecture } = summary;
  return {
    ...summary,
    id: facts.id,
    canonical_slug: facts.canonicalId ?? summary.canonical_slug,
    name: facts.name ?? summary.name,
    description: facts.description ?? summary.description,
    context_length: facts.contextTokens ?? summary.context_length,
    max_output_tokens: facts.maxOutputTokens ?? summary.max_output_tokens,
    architecture: {
      ...architecture,
      modality: modalityText(
        facts.inputModalities ?? firstKnown(row, "inputModalities"),
        facts.outputModalities ?? firstKnown(row, "outputModalities"),
      ),
      input_modalities: [...(facts.inputModalities ?? architecture.input_modalities)],
      output_modalities: [...(facts.outputModalities ?? architecture.output_modalities)],
    },
    pricing: viewPricing(priced.prices),
    capabilities: viewCapabilities(facts),
    license: summary.license ?? metrics?.license ?? null,
    provider_site_url: links.site,
    model_logo_url: links.logo,
    source_gateway: source.id,
    pricing_source: priced.from,
    huggingface_metrics: metrics,
    hosts: hosts.map(viewHost),
  };
}

/** What the model costs at this gateway, and who says so where that is another. */
async function pricesAt(found: Found, parts: DescribeParts): Promise<{ prices: ModelPrices | null; from: string | null }> {
  const { source, endpoint } = found;
  const groups = parts.lists.listingOf(source)?.groups ?? [];
  const own = groups.flatMap(({ models }) => models.filter(({ id }) => id === endpoint.facts.id))[0]?.prices ?? null;
  if (hasPrice(own)) return { prices: own, from: null };
  if (source.lister.borrowsPrices === true) return borrowPrices(found, parts);
  const known = parts.facts.find(source.id, endpoint.facts.id);
  if (known === null || known.prices === null) return { prices: own, from: null };
  return { prices: known.prices, from: known.pricesFrom === "list" ? (endpoint.sources.at(-1) ?? null) : known.pricesFrom };
}

/** OpenRouter's price for the same model, else the maker's, else anybody's. */
async function borrowPrices(
  { source, endpoint, row }: Found,
  parts: DescribeParts,
): Promise<{ prices: ModelPrices | null; from: string | null }> {
  const lender = parts.lists.find(defaultGateway);
  if (lender?.enabled === true && parts.kept.get(lender) === null && parts.kept.failureOf(lender) === null) {
    await parts.kept.fetch(lender).catch(() => {});
    await parts.index.settled();
  }
  const index = parts.index.current;
  const same = index.endpoint(source.id, endpoint.facts.id);
  const others = (same === undefined ? row : index.rowOf(same)).endpoints.filter(
    ({ provider, facts }) => provider !== source.id && hasPrice(facts.prices) && !isVariant(facts.id),
  );
  const chosen = others.find(({ provider }) => provider === defaultGateway) ?? others[0];
  return { prices: chosen?.facts.prices ?? null, from: chosen?.provider ?? null };
}

function hasPrice(prices: ModelPrices | null): boolean {
  return prices !== null && prices.input !== null;
}

function notFound({ provider, model }: ModelQuestion, where: string): PosternError {
  const name = `${provider}/${model}`.slice(0, 120);
  return new PosternError("model_not_found", `Cannot find model "${name}": it is not in ${where}; see "GET /catalog/models?text=..."`, {
    param: "model",
  });
}
