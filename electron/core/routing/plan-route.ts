import { PosternError } from "#shared/errors.ts";
import type { EndpointId, OfferedEndpoint } from "#shared/schema/endpoint.ts";
import type { AuthScheme, DialectId } from "#shared/schema/provider.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { defaultRetryStatuses } from "./retry-timing.ts";

/** What the planner has to know of a provider. */
export interface RouteRow {
  readonly id: string;
  readonly auth: AuthScheme;
  readonly dialect: DialectId;
  readonly endpoints: readonly OfferedEndpoint[];
  readonly quirks: { readonly responsesOnly: readonly string[] };
  readonly enabled: boolean;
  readonly local: boolean;
  readonly missingOptions: readonly string[];
}

/** What a call says about where it wants to go. */
export interface RouteCall {
  /** What is asked for; null for a raw relay, which only the provider can judge. */
  readonly endpoint: EndpointId | null;
  readonly model: string | null;
  /** `x-portkey-config`: a config, or the name of a saved one or of an alias. */
  readonly config: CallConfig | string | null;
  /** The provider that a header or the body names; null where it leaves the choice to Postern. */
  readonly provider: string | null;
  /** The name of the stored key that it wants. */
  readonly keyName: string | null;
  /** The caller's own key for the provider that it names. */
  readonly ownKey: string | null;
  /** Whether a local key came: without one the call reaches nothing but the provider that it names, with its own key. */
  readonly hasGrant: boolean;
  /** `x-portkey-custom-host`. */
  readonly customHost: string | null;
  /** `x-portkey-retry`: used where no config is. */
  readonly retries: number | null;
  /** `x-portkey-request-timeout`, in milliseconds; goes before the config's. */
  readonly requestTimeoutMs: number | null;
}

/** What the planner may look at: nothing that waits, nothing that changes. */
export interface RouteWorld<Row extends RouteRow> {
  findRow(idOrSynonym: string): Row | undefined;
  findAlias(name: string): CallConfig | undefined;
  findConfig(name: string): CallConfig | undefined;
  /** Whether a stored or environment key is there for a provider; by that name, if one is given. */
  hasKey(provider: string, keyName: string | null): boolean;
  /** The refusal for a provider without that key. */
  explainMissingKey(provider: string, keyName: string | null): PosternError;
  /** The provider that a stored key of this name belongs to; null where none or several do. */
  providerOfKey(keyName: string): string | null;
  /** Whether the caller's grant lets it name this origin as a custom host. */
  allowsHost(origin: string): boolean;
  /** A configured provider whose model list has this exact id. */
  servedBy(model: string): string | null;
}

/** One target to try, with everything that decides how. */
export interface PlannedAttempt<Row extends RouteRow> {
  readonly row: Row;
  /** What is spoken with the provider: the client's own dialect where the row has it. */
  readonly dialect: DialectId;
  /** The name that the provider knows the model by; null where the call named none. */
  readonly model: string | null;
  readonly keyName: string | null;
  readonly ownKey: string | null;
  readonly customHost: string | null;
  /** Merged over the body, without `model`. */
  readonly overrideParams: Readonly<Record<string, unknown>> | null;
  readonly retries: number;
  readonly retryStatuses: readonly number[];
  /** Which statuses go on to the next target; null: every failure does. */
  readonly nextOnStatuses: readonly number[] | null;
  readonly requestTimeoutMs: number | null;
  /** Where in the config the target stands, as `x-portkey-last-used-option-index` names it. */
  readonly optionPath: string;
}

/** Where a call goes, in order. */
export interface Plan<Row extends RouteRow> {
  readonly attempts: readonly PlannedAttempt<Row>[];
  /** The alias or saved config that was used, if any. */
  readonly alias: string | null;
  /** Targets that were passed over, with the reason. */
  readonly skipped: readonly { readonly optionPath: string; readonly error: PosternError }[];
}

const defaultRetries = 3;
const mostRetries = 10;
const fallbackProvider = "openai";

/**
 * Decides where a call goes. Pure: it looks at the call and the world and returns targets in order.
 *
 * @throws {PosternError} `unknown_provider`, `unknown_alias`, `unknown_key_name`, `provider_key_missing`,
 *   `provider_not_accepted`, `provider_incomplete`, `model_missing`, `not_granted` or `invalid_config`
 */
export function planRoute<Row extends RouteRow>(call: RouteCall, world: RouteWorld<Row>): Plan<Row> {
  const { config, alias } = findConfig(call, world);
  const attempts: PlannedAttempt<Row>[] = [];
  const skipped: { optionPath: string; error: PosternError }[] = [];
  const visit = (node: CallConfig, path: string, inherited: Inherited): void => {
    const here = inherit(inherited, node);
    if (node.targets !== undefined) {
      const targets = node.strategy?.mode === "fallback" ? node.targets : node.targets.slice(0, 1);
      const nextOnStatuses = node.strategy?.mode === "fallback" ? (node.strategy.on_status_codes ?? null) : here.nextOnStatuses;
      for (const [index, target] of targets.entries()) visit(target, `${path}.targets[${index}]`, { ...here, nextOnStatuses });
      return;
    }
    const target = resolveLeaf(call, world, { ...here, path, usesConfig: config !== null });
    const error = whyNot(target, world, call);
    if (error === null) attempts.push(target);
    else skipped.push({ optionPath: path, error });
  };
  visit(config ?? {}, "config", { nextOnStatuses: [] });
  const reason = skipped[0]?.error;
  if (attempts.length === 0 && reason !== undefined) throw reason;
  return { attempts, alias, skipped };
}

/** What a node hands down to its targets, as Portkey's configs do: parameters are merged, the rest is replaced. */
interface Inherited {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly keyName?: string | undefined;
  readonly ownKey?: string | undefined;
  readonly customHost?: string | undefined;
  readonly overrideParams?: Readonly<Record<string, unknown>> | undefined;
  readonly retry?: CallConfig["retry"];
  readonly requestTimeoutMs?: number | undefined;
  readonly nextOnStatuses: readonly number[] | null;
}

function inherit(from: Inherited, node: CallConfig): Inherited {
  return {
    provider: node.provider ?? from.provider,
    model: node.model ?? from.model,
    keyName: node.virtual_key ?? from.keyName,
    ownKey: node.api_key ?? from.ownKey,
    customHost: node.custom_host ?? from.customHost,
    overrideParams: node.override_params === undefined ? from.overrideParams : { ...from.overrideParams, ...node.override_params },
    retry: node.retry ?? from.retry,
    requestTimeoutMs: node.request_timeout ?? from.requestTimeoutMs,
    nextOnStatuses: from.nextOnStatuses,
  };
}

function findConfig<Row extends RouteRow>(call: RouteCall, world: RouteWorld<Row>): { config: CallConfig | null; alias: string | null } {
  if (typeof call.config === "string") {
    const found = call.hasGrant ? (world.findConfig(call.config) ?? world.findAlias(call.config)) : undefined;
    if (found === undefined) {
      throw new PosternError(
        "unknown_alias",
        `Cannot use config "${shorten(call.config)}": no saved config or alias has this name; see "aliases" and "configs" in config.json`,
        {
          param: "x-portkey-config",
        },
      );
    }
    return { config: found, alias: call.config };
  }
  if (call.config !== null) return { config: call.config, alias: null };
  if (call.provider === null && call.model !== null && call.hasGrant) {
    const found = world.findAlias(call.model);
    if (found !== undefined) return { config: found, alias: call.model };
  }
  return { config: null, alias: null };
}

function resolveLeaf<Row extends RouteRow>(
  call: RouteCall,
  world: RouteWorld<Row>,
  here: Inherited & { readonly path: string; readonly usesConfig: boolean },
): PlannedAttempt<Row> {
  const keyName = here.keyName ?? call.keyName;
  const { model: overrideModel, ...params } = here.overrideParams ?? {};
  const asked = here.model ?? (typeof overrideModel === "string" ? overrideModel : call.model);
  const named = here.provider ?? call.provider ?? (keyName !== null && keyName !== undefined ? world.providerOfKey(keyName) : null);
  const { row, model } = named === null ? chooseProvider(asked, call, world) : { row: knownRow(named, world), model: asked };
  const retry = here.retry;
  const served = withoutPrefix(model, row, world);
  return {
    row,
    dialect: dialectWith(row, call.endpoint, served) ?? row.dialect,
    model: served,
    keyName: keyName ?? null,
    // The caller's bearer belongs to the provider that the call itself names, and to no target of a config.
    ownKey: here.ownKey ?? (call.provider !== null && !here.usesConfig ? call.ownKey : null),
    customHost: call.customHost ?? here.customHost ?? null,
    overrideParams: Object.keys(params).length > 0 ? params : null,
    retries: Math.min(mostRetries, here.usesConfig ? (retry?.attempts ?? 0) : (call.retries ?? defaultRetries)),
    retryStatuses: retry?.on_status_codes ?? defaultRetryStatuses,
    nextOnStatuses: here.nextOnStatuses,
    requestTimeoutMs: call.requestTimeoutMs ?? here.requestTimeoutMs ?? null,
    optionPath: here.path,
  };
}

function chooseProvider<Row extends RouteRow>(
  model: string | null,
  call: RouteCall,
  world: RouteWorld<Row>,
): { row: Row; model: string | null } {
  if (!call.hasGrant) {
    throw new PosternError(
      "invalid_api_key",
      "Cannot let this call in: it has no local key; send one of Postern's, or name the provider whose key this is with the x-portkey-provider header",
      { headers: { "www-authenticate": "Bearer" } },
    );
  }
  if (model?.startsWith("@") === true) {
    const slash = model.indexOf("/");
    const id = slash === -1 ? model.slice(1) : model.slice(1, slash);
    return { row: knownRow(id, world, "model"), model };
  }
  const served = model === null ? null : world.servedBy(model);
  return { row: knownRow(served ?? fallbackProvider, world), model };
}

function knownRow<Row extends RouteRow>(id: string, world: RouteWorld<Row>, param = "provider"): Row {
  const row = world.findRow(id.startsWith("@") ? id.slice(1) : id);
  if (row !== undefined) return row;
  throw new PosternError(
    "unknown_provider",
    `Cannot route to provider "${shorten(id)}": there is none of this name; write one that "GET /v1/models" or the README lists, or add it to "providers" in config.json`,
    { param },
  );
}

/** `@openai/gpt-4o` is `gpt-4o` to OpenAI. A prefix that names another provider stays: hosted Portkey routes by it. */
function withoutPrefix<Row extends RouteRow>(model: string | null, row: Row, world: RouteWorld<Row>): string | null {
  if (model?.startsWith("@") !== true) return model;
  const slash = model.indexOf("/");
  if (slash === -1 || slash === model.length - 1) {
    throw new PosternError(
      "invalid_value",
      `Cannot route model "${shorten(model)}": a provider stands there without a model; write "@provider/model"`,
      { param: "model" },
    );
  }
  return world.findRow(model.slice(1, slash))?.id === row.id ? model.slice(slash + 1) : model;
}

/** Why a target cannot be tried at all; null where it can. */
function whyNot<Row extends RouteRow>(target: PlannedAttempt<Row>, world: RouteWorld<Row>, call: RouteCall): PosternError | null {
  const { row, keyName } = target;
  if (call.endpoint !== null && dialectWith(row, call.endpoint, target.model) === null) {
    return new PosternError(
      "endpoint_unsupported",
      `Cannot ask ${row.id} for ${call.endpoint}: it does not offer that; choose another provider`,
    );
  }
  if (!row.enabled) {
    return row.local
      ? new PosternError(
          "provider_not_accepted",
          `Cannot use ${row.id}: it was found or named, but not accepted yet; accept it with "postern accept ${row.id}"`,
        )
      : new PosternError("provider_not_accepted", `Cannot use ${row.id}: it is switched off; take "enabled": false out of config.json`);
  }
  if (row.missingOptions.length > 0 && target.customHost === null) {
    const missing = row.missingOptions.map((name) => `providers.${row.id}.values.${name}`).join(" and ");
    return new PosternError("provider_incomplete", `Cannot use ${row.id}: its address is not complete; set ${missing} in config.json`);
  }
  if (target.customHost !== null && !(call.hasGrant && world.allowsHost(new URL(target.customHost).origin))) {
    return new PosternError(
      "not_granted",
      "Cannot use this custom host: it needs a local key whose grant allows the host; the owner's key allows this machine's own addresses",
      {
        param: "x-portkey-custom-host",
      },
    );
  }
  if (!call.hasGrant && (target.ownKey === null || row.auth === "none")) {
    return new PosternError("invalid_api_key", `Cannot let this call in: ${row.id} needs a local key of Postern's here; send one`, {
      headers: { "www-authenticate": "Bearer" },
    });
  }
  if (target.ownKey !== null || row.auth === "none" || target.customHost !== null) return null;
  if (world.hasKey(row.id, keyName)) return null;
  return world.explainMissingKey(row.id, keyName);
}

/** What a client of each chat endpoint speaks. */
const chatDialects: Partial<Readonly<Record<EndpointId, DialectId>>> = {
  chat: "openai-chat",
  responses: "openai-responses",
  messages: "anthropic-messages",
  generate: "gemini-generate",
};

/**
 * What is spoken with a provider that is asked for this: the client's dialect where the provider knows it, so that the
 * call is relayed byte for byte, else the row's own.
 *
 * @returns null where the row does not offer it
 */
function dialectWith(row: RouteRow, endpoint: EndpointId | null, model: string | null): DialectId | null {
  if (endpoint === null) return row.dialect;
  const wanted = chatDialects[endpoint];
  if (wanted === undefined && endpoint !== "count-tokens")
    return row.endpoints.some((offered) => offered === endpoint) ? row.dialect : null;
  const known = new Set<DialectId>();
  const onlyResponses = row.quirks.responsesOnly.some((pattern) => model !== null && matchesPattern(model, pattern));
  if (row.endpoints.includes("chat") && !onlyResponses) known.add(row.dialect);
  if (row.endpoints.includes("responses")) known.add("openai-responses");
  if (row.endpoints.includes("messages")) known.add("anthropic-messages");
  if (wanted !== undefined && known.has(wanted)) return wanted;
  const [first] = known;
  return first ?? null;
}

/** Whether a model's name fits a pattern in which `*` stands for anything. */
function matchesPattern(model: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (!model.startsWith(first)) return false;
  let at = first.length;
  for (const [index, piece] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const found = isLast ? (model.endsWith(piece) ? model.length - piece.length : -1) : model.indexOf(piece, at);
    if (found < at) return false;
    at = found + piece.length;
  }
  return rest.length > 0 || at === model.length;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
