import type { CircuitBreakerConfig } from "#shared/schema/routing-strategy.ts";
import type { ProviderOptions } from "#shared/schema/routing-fields.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { inheritOptions, readOwnKey } from "./provider-options.ts";

/** What is settled at a node of a config: its own settings over those that its parents hand down. */
export interface Settled {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly keyName?: string | undefined;
  readonly ownKey?: string | undefined;
  /** `isStored`: the person wrote it down, so that no grant is asked. */
  readonly customHost?: { readonly url: string; readonly isStored: boolean } | undefined;
  readonly overrideParams?: Readonly<Record<string, unknown>> | undefined;
  readonly defaultParams?: Readonly<Record<string, unknown>> | undefined;
  readonly forwardHeaders?: readonly string[] | undefined;
  readonly retry?: CallConfig["retry"];
  readonly requestTimeoutMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
  /** Whether the call itself brought one of the two limits: what it then says of a target is no measure of it. */
  readonly limitIsCallers?: boolean | undefined;
  readonly hedge?: CallConfig["hedge"];
  readonly cache?: CallConfig["cache"];
  readonly strictOpenAiCompliance?: boolean | undefined;
  readonly circuitBreaker?: CircuitBreakerConfig | undefined;
  readonly options?: ProviderOptions | undefined;
}

/**
 * Settles a node, as Portkey's configs are read: parameters are merged, everything else is replaced. A key
 * belongs to the provider that it stands beside, and does not go down to a target that names another; the shortest
 * deadline counts.
 */
export function settleNode(from: Settled, node: CallConfig, isStored: boolean): Settled {
  const { model: overrideModel, ...overrideParams } = node.override_params ?? noParams;
  const { model: defaultModel, ...defaultParams } = node.default_params ?? noParams;
  const isOther = node.provider !== undefined && node.provider !== from.provider;
  return {
    provider: node.provider ?? from.provider,
    model: node.model ?? text(overrideModel) ?? from.model ?? text(defaultModel),
    keyName: node.virtual_key ?? (isOther && from.provider !== undefined ? undefined : from.keyName),
    ownKey: readOwnKey(node) ?? (isOther ? undefined : from.ownKey),
    customHost: node.custom_host === undefined ? (isOther ? undefined : from.customHost) : { url: node.custom_host, isStored },
    overrideParams: node.override_params === undefined ? from.overrideParams : { ...from.overrideParams, ...overrideParams },
    defaultParams: node.default_params === undefined ? from.defaultParams : { ...from.defaultParams, ...defaultParams },
    forwardHeaders: node.forward_headers ?? from.forwardHeaders,
    retry: node.retry ?? from.retry,
    requestTimeoutMs: node.request_timeout ?? from.requestTimeoutMs,
    deadlineMs: node.deadline === undefined ? from.deadlineMs : Math.min(node.deadline || Infinity, from.deadlineMs ?? Infinity),
    limitIsCallers: from.limitIsCallers === true || (!isStored && (node.request_timeout ?? node.deadline) !== undefined),
    hedge: node.hedge ?? from.hedge,
    cache: node.cache ?? from.cache,
    strictOpenAiCompliance: node.strict_open_ai_compliance ?? from.strictOpenAiCompliance,
    circuitBreaker: node.circuit_breaker ?? node.strategy?.cb_config ?? from.circuitBreaker,
    options: inheritOptions(from.options, node),
  };
}

const noParams: Readonly<Record<string, unknown>> = {};

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
