import { PosternError } from "#shared/errors.ts";
import type { Strategy, StrategyMode } from "#shared/schema/routing-strategy.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { readCachePolicy } from "./cache-policy.ts";
import { dialectWith } from "./choose-dialect.ts";
import { chooseProvider, shorten } from "./choose-provider.ts";
import { readCircuitSettings } from "./circuit-breaker.ts";
import { holdsFor, mostPatternWork, type PatternWork } from "./conditions.ts";
import { healthKeyOf } from "./measurements.ts";
import { readProviderOptions } from "./provider-options.ts";
import { defaultRetryStatuses } from "./retry-timing.ts";
import type { CallInputs, RouteCall, RouteRow, RouteTarget, RouteWorld } from "./route-types.ts";
import { type Settled, settleNode } from "./settle-node.ts";
import { type Unsuited, whyUnsuited, whyUnusable } from "./why-not.ts";

/** A target with what speaks against it. */
export interface DraftTarget<Row extends RouteRow> {
  readonly kind: "target";
  readonly target: RouteTarget<Row>;
  readonly weight: number;
  /** It cannot be tried. */
  readonly error: PosternError | null;
  /** It is tried only where no other is left. */
  readonly unsuited: Unsuited | null;
}

/** A strategy whose conditions have decided, and whose draws and orders have not. */
export interface DraftBranch<Row extends RouteRow> {
  readonly kind: "branch";
  readonly mode: StrategyMode;
  readonly strategy: Strategy;
  readonly optionPath: string;
  readonly weight: number;
  /** `single` and `conditional`: the one that is meant. */
  readonly children: readonly Draft<Row>[];
  readonly goesOnAt: readonly number[] | null;
  readonly why: string;
}

/** A config with every name in it resolved. */
export type Draft<Row extends RouteRow> = DraftTarget<Row> | DraftBranch<Row>;

/** What a config resolves to. */
export interface ResolvedConfig<Row extends RouteRow> {
  readonly root: Draft<Row>;
  readonly alias: string | null;
  /** The call's, with the config's metadata under its own. */
  readonly inputs: CallInputs;
}

interface Place {
  readonly node: CallConfig;
  readonly path: string;
  readonly from: Settled;
  /** Whether the config stands in config.json or ships. */
  readonly isStored: boolean;
  /** The stored configs that led here, as `aliases.fast`. */
  readonly trail: readonly string[];
  readonly depth: number;
}

/** Most calls bring none: then nothing has to be settled. */
const noConfig: CallConfig = {};
const settledByNothing = settleNode({}, noConfig, false);
const defaultRetries = 3;
const mostRetries = 10;
const deepest = 32;
const mostTargets = 256;

/**
 * Finds the config for a call and resolves every name in it: saved configs, aliases, providers, keys, conditions.
 *
 * @throws {PosternError} `unknown_alias`, `unknown_provider`, `invalid_value`, `invalid_config` or `invalid_api_key`
 */
export function resolveConfig<Row extends RouteRow>(call: RouteCall, world: RouteWorld<Row>): ResolvedConfig<Row> {
  const found = findConfig(call, world);
  let targets = 0;
  const work: PatternWork = { left: mostPatternWork };
  const inputs = withMetadata(call.inputs, found.config?.metadata);
  const root = visit({
    node: found.config ?? noConfig,
    path: "config",
    from: {},
    isStored: found.id !== null,
    trail: found.id === null ? [] : [found.id],
    depth: 1,
  });
  return { root, alias: found.alias, inputs };

  function visit(place: Place): Draft<Row> {
    const { node, path, isStored, trail, depth } = place;
    if (depth > deepest) throw new PosternError("invalid_config", `Cannot use ${path}: it is nested deeper than ${deepest} levels`);
    const here = node === noConfig ? settledByNothing : settleNode(place.from, node, isStored);
    const weight = node.weight ?? 1;
    const named = node.targets === undefined ? findNamed(node, here, place) : null;
    if (named !== null) {
      const inner = visit({
        node: named.config,
        path,
        // The caller's own key stays out of what the person saved; and the name that led there is no model.
        from: { ...here, ownKey: undefined, ...(named.kind === "model" ? { model: undefined } : {}) },
        isStored: true,
        trail: [...trail, named.id],
        depth: depth + 1,
      });
      return { ...inner, weight };
    }
    const { targets: nodes, strategy } = node;
    if (nodes === undefined || strategy === undefined) return readTarget(place, here, weight);
    const chosen = choose(nodes, strategy, inputs, work);
    const children: Draft<Row>[] = [];
    for (const [index, target] of nodes.entries()) {
      if (chosen !== null && chosen.index !== index) continue;
      children.push(visit({ node: target, path: `${path}.targets[${index}]`, from: here, isStored, trail, depth: depth + 1 }));
    }
    const goesOnAt = strategy.on_status_codes ?? node.on_status_codes ?? null;
    return { kind: "branch", mode: strategy.mode, strategy, optionPath: path, weight, children, goesOnAt, why: chosen?.why ?? "" };
  }

  /** The stored config that a node names. */
  function findNamed(
    node: CallConfig,
    here: Settled,
    { path, trail }: Place,
  ): { readonly kind: "config" | "model"; readonly id: string; readonly config: CallConfig } | null {
    const isConfig = node.config !== undefined;
    const hasProvider = here.provider !== undefined || here.keyName !== undefined || call.provider !== null || call.keyName !== null;
    const name = isConfig ? node.config : hasProvider ? undefined : here.model;
    if (name === undefined) return null;
    const stored = call.hasGrant ? findStored(name, isConfig, world) : null;
    if (stored === null) {
      if (isConfig) throw unknownConfig(name, path);
      return null;
    }
    // Within an alias its own name means the model of that name.
    if (!isConfig && trail.at(-1) === stored.id) return null;
    if (trail.includes(stored.id)) {
      const circle = [...trail.slice(trail.indexOf(stored.id)), stored.id].map(shorten).join(" -> ");
      throw new PosternError("invalid_config", `Cannot use ${path}: it leads back to itself (${circle}); take one of these references out`);
    }
    return { kind: isConfig ? "config" : "model", ...stored };
  }

  function readTarget(place: Place, here: Settled, weight: number): DraftTarget<Row> {
    if (++targets > mostTargets) {
      throw new PosternError(
        "invalid_config",
        `Cannot use ${place.path}: with the configs that it names there are more than ${mostTargets} targets`,
      );
    }
    const usesConfig = found.config !== null;
    const target = resolveTarget(call, world, { here, path: place.path, usesConfig });
    const isStoredHost = call.customHost === null && here.customHost?.isStored === true;
    const alias = settlesTarget(here, call, found.alias) ? found.alias : null;
    const error = call.guard?.refuse(target, call, alias) ?? whyUnusable(target, isStoredHost, { call, world });
    return { kind: "target", target, weight, error, unsuited: error === null ? whyUnsuited(target, call.needs) : null };
  }
}

/** Whether a config leaves nothing of provider and model to the call. */
function settlesTarget(here: Settled, call: RouteCall, alias: string | null): boolean {
  const hasModel = here.model !== undefined || call.model === alias;
  const hasProvider = here.provider !== undefined || (call.provider === null && (here.keyName !== undefined || call.keyName === null));
  return hasModel && hasProvider && (here.options !== undefined || here.provider !== undefined || call.providerOptions === null);
}

interface FoundConfig {
  readonly config: CallConfig | null;
  /** As the log names it. */
  readonly alias: string | null;
  /** Where it is stored; null where the call brought it, or there is none. */
  readonly id: string | null;
}

function findConfig<Row extends RouteRow>(call: RouteCall, world: RouteWorld<Row>): FoundConfig {
  if (typeof call.config === "string") {
    const stored = call.hasGrant ? findStored(call.config, true, world) : null;
    if (stored === null) throw unknownConfig(call.config, "x-portkey-config");
    return { ...stored, alias: call.config };
  }
  if (call.config !== null) return { config: call.config, alias: null, id: null };
  if (call.provider === null && call.model !== null && call.hasGrant) {
    const stored = findStored(call.model, false, world);
    if (stored !== null) return { ...stored, alias: call.model };
  }
  return { config: null, alias: null, id: null };
}

function findStored<Row extends RouteRow>(
  name: string,
  alsoConfigs: boolean,
  world: RouteWorld<Row>,
): { readonly id: string; readonly config: CallConfig } | null {
  const saved = alsoConfigs ? world.findConfig(name) : undefined;
  if (saved !== undefined) return { id: `configs.${name}`, config: saved };
  const alias = world.findAlias(name);
  return alias === undefined ? null : { id: `aliases.${name}`, config: alias };
}

function unknownConfig(name: string, place: string): PosternError {
  return new PosternError(
    "unknown_alias",
    `Cannot use config "${shorten(name)}": no saved config or alias has this name; see "aliases" and "configs" in config.json`,
    { param: place === "x-portkey-config" ? place : `x-portkey-config ${place}` },
  );
}

/** Which target is meant where the strategy means one; null where they are drawn or tried in order. */
function choose(
  nodes: readonly CallConfig[],
  strategy: Strategy,
  inputs: CallInputs,
  work: PatternWork,
): { readonly index: number; readonly why: string } | null {
  if (strategy.mode === "single") return { index: 0, why: "the first" };
  if (strategy.mode !== "conditional") return null;
  const indexOf = (name: string): number => nodes.findIndex((node) => node.name === name);
  for (const [number, { query, then }] of (strategy.conditions ?? []).entries()) {
    if (holdsFor(query, inputs, work)) return { index: indexOf(then), why: `condition ${number + 1} holds` };
  }
  if (strategy.default !== undefined) return { index: indexOf(strategy.default), why: "no condition holds" };
  throw new PosternError(
    "invalid_config",
    'Query router did not resolve to any valid target: no condition holds for this call; give the strategy a "default"',
  );
}

function resolveTarget<Row extends RouteRow>(
  call: RouteCall,
  world: RouteWorld<Row>,
  { here, path, usesConfig }: { readonly here: Settled; readonly path: string; readonly usesConfig: boolean },
): RouteTarget<Row> {
  const asked = here.model ?? call.model;
  const ownName = here.keyName ?? call.keyName;
  const named = here.provider ?? call.provider ?? (ownName === null || !call.hasGrant ? null : world.providerOfKey(ownName));
  const chosen = chooseProvider(asked, named, { call, world });
  const givenOptions = here.options ?? (usesConfig && here.provider !== undefined ? undefined : (call.providerOptions ?? undefined));
  const options =
    givenOptions === undefined ? null : readProviderOptions(givenOptions, { provider: chosen.row.id, dialect: chosen.row.dialect });
  const values = options?.values ?? null;
  const row = (values === null ? null : world.withValues(chosen.row, values)) ?? chosen.row;
  const model = options?.model ?? chosen.model;
  const circuitSettings = readCircuitSettings(here.circuitBreaker);
  const deadlineMs = here.deadlineMs ?? Infinity;
  // The caller's bearer belongs to the provider that the call itself names, and to no target of a config.
  const ownKey = here.ownKey ?? (call.provider !== null && !usesConfig ? call.ownKey : null);
  const customHost = call.customHost ?? here.customHost?.url ?? null;
  const healthKey = healthKeyOf({ provider: row.id, model, customHost, hasOwnKey: ownKey !== null, settings: circuitSettings });
  return {
    kind: "target",
    row,
    dialect: dialectWith(row, call.endpoint, model) ?? row.dialect,
    model,
    keyName: ownName ?? chosen.keyName,
    ownKey,
    customHost,
    overrideParams: orNull(here.overrideParams),
    defaultParams: orNull(here.defaultParams),
    forwardHeaders: call.forwardHeaders ?? here.forwardHeaders ?? none,
    headers: options?.headers ?? null,
    retries: Math.min(mostRetries, usesConfig ? (here.retry?.attempts ?? 0) : (call.retries ?? defaultRetries)),
    retryStatuses: here.retry?.on_status_codes ?? defaultRetryStatuses,
    requestTimeoutMs: (call.requestTimeoutMs ?? here.requestTimeoutMs) || null,
    deadlineMs: Number.isFinite(deadlineMs) ? deadlineMs : null,
    limitIsCallers: call.requestTimeoutMs !== null || here.limitIsCallers === true,
    hedge: here.hedge === undefined ? null : { afterMs: here.hedge.after_ms, most: here.hedge.max ?? 1 },
    cache: readCachePolicy(here.cache),
    strictOpenAiCompliance: call.strictOpenAiCompliance ?? here.strictOpenAiCompliance ?? true,
    circuitSettings,
    circuit: world.health.circuit(healthKey, circuitSettings),
    healthKey,
    facts: model === null ? null : world.factsOf(row.id, model),
    optionPath: path,
  };
}

const none: readonly string[] = [];

function orNull(params: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> | null {
  return params === undefined || Object.keys(params).length === 0 ? null : params;
}

function withMetadata(inputs: CallInputs, metadata: CallConfig["metadata"]): CallInputs {
  if (metadata === undefined) return inputs;
  return {
    metadata: { ...metadata, ...inputs.metadata },
    pathname: inputs.pathname,
    param: (name) => inputs.param(name),
    header: (name) => inputs.header(name),
  };
}
