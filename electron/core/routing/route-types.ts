import type { PosternError } from "#shared/errors.ts";
import type { EndpointId, OfferedEndpoint } from "#shared/schema/endpoint.ts";
import type { AuthScheme, DialectId } from "#shared/schema/provider.ts";
import type { ProviderOptions } from "#shared/schema/routing-fields.ts";
import type { StrategyMode } from "#shared/schema/routing-strategy.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import type { CachePolicy } from "./cache-policy.ts";
import type { CircuitSettings, CircuitView } from "./circuit-breaker.ts";
import type { Price } from "./estimate-cost.ts";

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

/** What conditions and sticky draws look at. Read only where a config asks for it. */
export interface CallInputs {
  /** `x-portkey-metadata`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** `/v1/chat/completions` */
  readonly pathname: string;
  /** A top-level field of a JSON body; undefined where there is none, and for a body that is no JSON. */
  param(name: string): unknown;
  /** A request header by its name in lower case; null where there is none. */
  header(name: string): string | null;
}

/** What a request asks of a model, as far as the gateway knows it; null is unknown. */
export interface CallNeeds {
  readonly vision: boolean;
  readonly tools: boolean;
  readonly inputTokens: number | null;
  readonly maxOutputTokens: number | null;
}

/** What the caller's grant allows of a route. */
export interface RouteGuard {
  /**
   * Why a target is closed to this caller; null where it is open.
   *
   * @param alias the alias or saved config that settles the target's provider and model; null where the call has a say in them
   */
  refuse(target: RouteTarget<RouteRow>, call: RouteCall, alias: string | null): PosternError | null;
  /** Whether the caller may name this origin as a custom host. */
  allowsHost(origin: string): boolean;
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
  /** `x-portkey-custom-host`; goes before a config's. */
  readonly customHost: string | null;
  /** `x-portkey-retry`: used where no config is. */
  readonly retries: number | null;
  /** `x-portkey-request-timeout`, in milliseconds; goes before a config's. */
  readonly requestTimeoutMs: number | null;
  /** `x-portkey-forward-headers`, in lower case; goes before a config's. */
  readonly forwardHeaders: readonly string[] | null;
  /** `x-portkey-strict-open-ai-compliance`; goes before a config's. */
  readonly strictOpenAiCompliance: boolean | null;
  /** The `x-portkey-aws-region` kind of headers: used where no config names the provider. */
  readonly providerOptions: ProviderOptions | null;
  readonly inputs: CallInputs;
  /** Null where nobody looked: then every target is taken to suit. */
  readonly needs: CallNeeds | null;
  /** Null or absent where everything is allowed: the owner's key, and a caller without one, who has bounds of its own. */
  readonly guard?: RouteGuard | null;
}

/** What is known of one model at one provider; null is unknown. */
export interface ModelFacts {
  readonly contextTokens: number | null;
  readonly vision: boolean | null;
  readonly tools: boolean | null;
  readonly price: Price | null;
}

/** What the gateway has seen of a target lately, under its {@link RouteTarget.healthKey}. */
export interface TargetHealth {
  circuit(healthKey: string, settings: CircuitSettings): CircuitView;
  /** The smoothed time to the first byte; null where there is no fresh measurement. */
  firstByteMs(healthKey: string): number | null;
  /** Everything that is known, most recently used last. */
  report(): readonly TargetReport[];
}

/** What is known of one model at one provider, for people to see. */
export interface TargetReport {
  readonly provider: string;
  readonly model: string | null;
  readonly circuit: CircuitView;
  readonly firstByteMs: number | null;
  /** Milliseconds until one call may probe; null where the circuit is not open. */
  readonly opensInMs: number | null;
}

/** What the planner may look at: nothing that waits. All of it is as it is now. */
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
  /** What a provider calls a model that is named in another spelling, as its slug; null where its list knows none. */
  idAt(provider: string, name: string): string | null;
  /** The row with these values for its address's placeholders; null where it has no such placeholder. */
  withValues(row: Row, values: Readonly<Record<string, string>>): Row | null;
  /** What the catalog knows of a model; null where it knows nothing, and the target is tried. */
  factsOf(provider: string, model: string): ModelFacts | null;
  readonly health: TargetHealth;
  /** 0 up to, but not including, 1. */
  random(): number;
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** When the next target is asked although this one has not failed yet. */
export interface Hedge {
  readonly afterMs: number;
  /** How many targets more may be asked at once. */
  readonly most: number;
}

/** One target to try, with everything that decides how. */
export interface RouteTarget<Row extends RouteRow> {
  readonly kind: "target";
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
  /** Used where the body does not say, without `model`. */
  readonly defaultParams: Readonly<Record<string, unknown>> | null;
  /** The client's headers to copy, in lower case. Never a credential. */
  readonly forwardHeaders: readonly string[];
  /** Headers that the config itself brings, such as `openai-organization`. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly retries: number;
  readonly retryStatuses: readonly number[];
  /** Until the answer's headers. */
  readonly requestTimeoutMs: number | null;
  /** Since the walk's start, over all attempts, until an answer begins. */
  readonly deadlineMs: number | null;
  /** Whether the call itself brought one of the two limits: that it ran out says nothing of the target. */
  readonly limitIsCallers: boolean;
  readonly hedge: Hedge | null;
  readonly cache: CachePolicy | null;
  readonly strictOpenAiCompliance: boolean;
  readonly circuitSettings: CircuitSettings;
  readonly circuit: CircuitView;
  /** What it is measured under. */
  readonly healthKey: string;
  readonly facts: ModelFacts | null;
  /** Where in the config the target stands, as `x-portkey-last-used-option-index` names it. */
  readonly optionPath: string;
}

/** A strategy whose choices are made: what is left is an order. */
export interface RouteBranch<Row extends RouteRow> {
  readonly kind: "branch";
  readonly mode: StrategyMode;
  readonly optionPath: string;
  /** In the order in which they are tried; at least one. One alone where the mode does not move on. */
  readonly tries: readonly RouteNode<Row>[];
  /** Which statuses move on to the next; null: every failure does. */
  readonly goesOnAt: readonly number[] | null;
  /** Why it is this order, in words for the log. */
  readonly why: string;
}

/** A target, or an order of them. */
export type RouteNode<Row extends RouteRow> = RouteTarget<Row> | RouteBranch<Row>;

/** Why a target was passed over. `circuit` and what follows it is given up where no target would be left. */
export type SkipReason = "unusable" | "weight" | "circuit" | "vision" | "tools" | "context";

/** A target that was passed over. */
export interface Skipped {
  readonly optionPath: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly reason: SkipReason;
  readonly message: string;
}

/** Where a call goes: every choice made, nothing sent yet. */
export interface Route<Row extends RouteRow> {
  readonly root: RouteNode<Row>;
  /** The alias or saved config that was used, if any. */
  readonly alias: string | null;
  /** The call's metadata over that of the config. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly skipped: readonly Skipped[];
}
