import path from "node:path";
import { PosternError } from "#shared/errors.ts";
import type { ModelFigures } from "#shared/schema/model-list.ts";
import type {
  CatalogGateway,
  HuggingFaceMetrics,
  ModelAnswer,
  ModelComparison,
  ModelFilter,
  ModelPage,
  RefreshOutcome,
} from "#shared/schema/model.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { Signer } from "#core/upstream/sign-outgoing.ts";
import { readBuiltInChutes } from "./built-in-listing.ts";
import { type BundledPrices, loadBundledPrices } from "./bundled-prices.ts";
import type { ModelQuestion } from "./describe-model.ts";
import { openGatewayLists } from "./gateway-lists.ts";
import { type ListingChange, openKeptListings } from "./kept-listings.ts";
import { openListingFiles } from "./listing-file.ts";
import type { ListSource } from "./list-sources.ts";
import { openLiveIndex } from "./live-index.ts";
import { openModelDetails } from "./model-details.ts";
import { openFactBook, type PlanFacts } from "./model-facts.ts";
import { type ModelLists, openModelLists } from "./model-lists.ts";
import { readModelNames } from "./model-names.ts";
import { openPackedList } from "./packed-list.ts";
import type { ModelPrices } from "./source-model.ts";

/** One list of every model that the person's providers and the public lists offer. */
export interface Catalog {
  /** The lists of single providers, for `/v1/models` and for finding who serves a model. */
  readonly lists: ModelLists;
  /**
   * What is known of a model at a provider, for the planner: a map's time once it was asked for. Never waits; null where
   * nothing is known (yet).
   */
  factsOf(provider: string, model: string): PlanFacts | null;
  /** What a model costs at a provider, exactly; null where nobody says. Never waits. */
  pricesOf(provider: string, model: string): ModelPrices | null;
  /** What a provider calls a model that is named in another spelling; null where its list has none such. */
  idAt(provider: string, name: string): string | null;
  /** Reads what is on disk, and the prices that ship with Postern. Nothing is fetched. Never rejects. */
  load(): Promise<void>;
  /** The same, a moment later, for nobody who waits. */
  loadSoon(): void;
  /** One model at one gateway. Fails as {@link describeModel} does. */
  describe(question: ModelQuestion): Promise<ModelAnswer>;
  /** Every model at once. @param known the version that is there already. @returns the JSON of a `ModelListAnswer` */
  list(known: string | null): Promise<string>;
  /** What is known of a model beyond its lists. @throws {PosternError} `model_not_found` */
  figures(name: string): Promise<ModelFigures>;
  /** A page of models. @throws {PosternError} `invalid_value` for a cursor of another list */
  query(filter: ModelFilter): Promise<ModelPage>;
  /** Models side by side, each by any of its names. */
  compare(names: readonly string[]): Promise<ModelComparison>;
  /** Every source: how fresh it is, and how the provider's calls went. */
  gateways(): Promise<readonly CatalogGateway[]>;
  /** Fetches lists anew: those that are named, else all that can be asked. Failures are in what it gives. */
  refresh(names: readonly string[] | null): Promise<readonly RefreshOutcome[]>;
  /** Forgets what is kept of a source. Resolves with whether there was something. */
  forget(name: string): Promise<boolean>;
  /** Writes what is not on disk yet. */
  close(): Promise<void>;
}

/** What the catalog needs from outside. */
export interface CatalogOptions {
  readonly dataFolder: string;
  readonly assetsFolder: string;
  readonly config: Pick<LiveConfig, "current" | "onChange">;
  readonly connections: Pick<Connections, "to">;
  readonly store: Pick<Store, "all">;
  readonly clock: Clock;
  readonly sign: Signer;
  readonly hasKey: (provider: string) => boolean;
  /** The key for a source where it may go there, else null. @throws {PosternError} where it cannot be read */
  readonly findSecret: (source: ListSource) => Promise<string | null>;
  /** What keeps a source from being asked with its key; null where nothing does. Opens nothing. */
  readonly keyProblem: (source: ListSource) => PosternError | null;
  readonly notify: (words: string) => void;
  /** Told when a list was fetched or forgotten, and of how many models it is now. */
  readonly onRefreshed: (source: string, models: number) => void;
}

/** Where the catalog keeps its files, in the data folder. */
const folderName = "catalog";
const loadDelayMs = 250;

/** Opens the catalog. Nothing is read or fetched before it is used, or loaded. */
export function openCatalog(options: CatalogOptions): Catalog {
  const { clock, config, keyProblem } = options;
  const folder = path.join(options.dataFolder, folderName);
  const names = readModelNames(options.assetsFolder);
  const kept = openKeptListings({ ...options, files: openListingFiles(folder), onChange });
  const lists = openGatewayLists({
    config: () => config.current,
    kept,
    builtIn: readBuiltInChutes(options.assetsFolder),
    hasKey: options.hasKey,
    keyProblem,
  });
  const index = openLiveIndex(() => lists.listings(), names);
  index.touch();
  config.onChange(() => index.touch());
  let bundled: BundledPrices | null = null;
  const facts = openFactBook(
    index,
    () => config.current.rows,
    () => bundled,
  );
  const details = openModelDetails({ ...options, folder, config: () => config.current });
  const packed = openPackedList(index, {
    isCallable: (provider) => lists.isCallable(provider),
    nameOf: (provider) => config.current.rows.find(provider)?.name ?? null,
    nowMs: () => clock.nowMs(),
  });
  const warned = new Set<string>();
  let loading: Promise<void> | null = null;
  let loadTimer: NodeJS.Timeout | null = null;

  function onChange({ source, models, isNew }: ListingChange): void {
    if (isNew) index.touch();
    options.onRefreshed(source, models);
  }

  /** Behind the call that asked: what is read from disk and compiled here takes as long as a slow call's first byte. */
  function loadSoon(): void {
    if (loading === null) loadTimer ??= setTimeout(() => void loaded(), loadDelayMs).unref();
  }

  async function load(): Promise<void> {
    await Promise.all([
      kept.load().then(() => {
        index.touch();
        return index.settled();
      }),
      loadBundledPrices().then((prices) => {
        bundled = prices;
      }),
    ]);
  }

  function loaded(): Promise<void> {
    return (loading ??= load().catch((error: Error) => {
      // What the lists say has to do.
      options.notify(`Cannot load the model catalog: ${error.message}`);
    }));
  }

  /** Old lists are fetched anew behind the answer; where there is none at all, the answer waits for the first. */
  async function prepare(): Promise<void> {
    await loaded();
    const usable = lists.all().filter((source) => lists.isUsable(source));
    const isEmpty = usable.every((source) => kept.get(source) === null);
    if (isEmpty)
      await Promise.all(usable.filter((source) => kept.failureOf(source) === null).map((source) => kept.fetch(source).catch(() => {})));
    for (const source of usable) if (kept.isStale(source)) kept.refreshQuietly(source);
    await index.settled();
  }

  function warn(words: string): void {
    // Once for each name, and not for any number of names.
    if (warned.has(words) || warned.size >= 100) return;
    warned.add(words);
    options.notify(words);
  }

  const isCallable = (provider: string): boolean => lists.isCallable(provider);

  return {
    lists: openModelLists({ kept, lists, facts, loaded: () => kept.load(), names }),
    load: loaded,
    loadSoon,
    factsOf(provider, model) {
      loadSoon();
      return facts.find(provider, model)?.facts ?? null;
    },
    pricesOf(provider, model) {
      loadSoon();
      return facts.find(provider, model)?.prices ?? null;
    },
    idAt: (provider, name) => facts.idAt(provider, name),
    // What answers questions about the catalog comes with the first one: each module more makes a start a millisecond longer.
    async describe(question) {
      await loaded();
      await index.settled();
      const { describeModel } = await import("./describe-model.ts");
      return describeModel(question, {
        lists,
        kept,
        index,
        facts,
        names,
        keyProblem,
        warn,
        nowMs: () => clock.nowMs(),
        fallback: () => config.current.catalog.fallback,
        hostsOf: (source, id) => details.hostsOf(source, id),
        metricsOf: (id): Promise<HuggingFaceMetrics | null> => details.metricsOf(id),
      });
    },
    async list(known) {
      await prepare();
      return packed.answer(known);
    },
    async figures(name) {
      await loaded();
      await index.settled();
      const row = index.current.find(name);
      if (row === undefined)
        throw new PosternError("model_not_found", `Cannot find model "${name.slice(0, 120)}": it is in no list`, { param: "model" });
      const { readModelFigures } = await import("./model-figures.ts");
      return readModelFigures(row, { details, lists, names, store: options.store, clock });
    },
    async query(filter) {
      const [{ queryModels }, { viewModel }] = await Promise.all([import("./query-models.ts"), import("./view-model.ts"), prepare()]);
      const gateway = filter.gateway === undefined ? undefined : (lists.find(filter.gateway)?.id ?? filter.gateway);
      const world = { rows: index.current.rows, factsOf: index.factsOf, isCallable };
      const page = queryModels(gateway === undefined ? filter : { ...filter, gateway }, world);
      return {
        data: page.rows.map((row) => viewModel(row, index.factsOf(row), isCallable)),
        total: page.total,
        next_cursor: page.nextCursor,
      };
    },
    async compare(asked) {
      const [{ compareModels }] = await Promise.all([import("./compare-models.ts"), prepare()]);
      return compareModels(asked, index, isCallable);
    },
    async gateways() {
      const [{ measureGateways }, { freshnessOf }] = await Promise.all([
        import("./measure-gateways.ts"),
        import("./describe-model.ts"),
        loaded(),
      ]);
      const measured = await measureGateways(options.store, clock.nowMs());
      return lists.all().map((source): CatalogGateway => {
        const failure = kept.failureOf(source);
        const measure = measured.get(source.id);
        return {
          id: source.id,
          name: source.name,
          kind: source.row === null ? "public" : "gateway",
          enabled: source.enabled,
          weight: source.weight,
          models: lists.listingOf(source)?.groups.reduce((sum, group) => sum + group.models.length, 0) ?? 0,
          freshness: freshnessOf(source, { lists, kept, nowMs: () => clock.nowMs() }),
          last_error: failure === null ? null : { message: failure.error.message, at: new Date(failure.atMs).toISOString() },
          measured:
            measure === undefined
              ? null
              : { calls: measure.calls, availability: measure.availability, median_first_byte_ms: measure.medianFirstByteMs },
        };
      });
    },
    async refresh(asked) {
      await loaded();
      const sources =
        asked === null ? lists.all().filter((source) => lists.isUsable(source)) : asked.flatMap((name) => lists.find(name) ?? []);
      const outcomes = await Promise.all(
        sources.map(async (source): Promise<RefreshOutcome> => {
          try {
            const problem = source.key === "needed" ? keyProblem(source) : null;
            if (problem !== null) throw problem;
            return await kept.fetch(source);
          } catch (error) {
            const listing = kept.get(source);
            const models = listing?.groups.reduce((sum, group) => sum + group.models.length, 0) ?? 0;
            return { gateway: source.id, outcome: "failed", models, message: (error as Error).message };
          }
        }),
      );
      await index.settled();
      return outcomes;
    },
    async forget(name) {
      await loaded();
      const source = lists.find(name);
      const hadDetails = await details.forget(source?.id ?? name);
      return (source === undefined ? false : await kept.forget(source.id)) || hadDetails;
    },
    async close() {
      if (loadTimer !== null) clearTimeout(loadTimer);
      await details.close();
    },
  };
}
