import type { PosternError } from "#shared/errors.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { authorise, isLimited, mayMean, notGranted, type Wanted } from "#core/access/authorise.ts";
import type { ToolGrant } from "#core/access/grants.ts";
import { askedOutput } from "#core/access/guarded-fields.ts";
import type { RateLimits } from "#core/access/rate-limits.ts";
import type { Amount, Spending } from "#core/access/spending.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Route, RouteCall, RouteGuard, RouteNode, RouteRow, RouteTarget } from "#core/routing/route-types.ts";
import type { CallRecord } from "#core/usage/call-record.ts";
import type { CallPrice, PriceOf } from "#core/usage/cost.ts";

/** What a tool's grant allows of one call, and what the call takes of it. */
export interface Allowance extends RouteGuard {
  readonly grant: ToolGrant;
  /** Whether {@link begin} has anything to do. */
  readonly isCounted: boolean;
  /** Whether the model has to be known before the call goes anywhere. */
  readonly needsModel: boolean;
  /** Whether {@link readBody} has to see what is in the body. */
  readonly readsBody: boolean;
  /** @throws {PosternError} where the grant does not allow it */
  check(wanted: Wanted): void;
  /** Takes note of the body's size and what it asks for. @throws {PosternError} for a field that the grant does not allow */
  readBody(bytes: number, fields: Fields | null): void;
  /** Checks the parameters in a config that the call brings. @throws {PosternError} as {@link readBody} does */
  readConfig(config: CallConfig): void;
  /** Whether a model of this name could be allowed, whoever serves it. */
  mayMean(model: string): boolean;
  /** A refusal that tells whether a name exists, as one that does not. */
  hide(error: PosternError, call: RouteCall): PosternError;
  /**
   * Counts the call, and holds what it may cost of every budget. On disk when it resolves.
   *
   * @throws {PosternError} `rate_limit_exceeded`, `insufficient_quota`, `budget_unavailable`, or why the grant ended meanwhile
   */
  begin(route: Route<ProviderRow>, endpoint: RouteCall["endpoint"]): Promise<(record: CallRecord, wasCut: boolean) => void>;
}

/** What grants are counted with. */
export interface AllowanceTools {
  readonly spending: Spending;
  readonly rates: RateLimits;
  readonly priceOf: PriceOf;
  /** Whether an alias has this name. */
  readonly isAlias: (name: string) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** So much output is held for a call at most: models that write more in one go are rare, and what is held is not spent. */
const mostHeldOutputTokens = 8_000;
const bytesPerToken = 4;
const withoutOutput: ReadonlySet<string | null> = new Set(["embeddings", "moderations", "rerank", "count-tokens"]);
/** Refusals that say that there is no such thing. */
const tellsOfNames: ReadonlySet<string> = new Set(["unknown_provider", "unknown_alias", "unknown_key_name", "model_not_found"]);

/** Makes what grants allow: anew for each call that is counted, and once for a grant whose calls are not. */
export function createAllowances(tools: AllowanceTools): (grant: ToolGrant) => Allowance {
  const uncounted = new WeakMap<ToolGrant, Allowance>();
  return (grant) => {
    const known = uncounted.get(grant);
    if (known !== undefined) return known;
    const allowance = openAllowance(grant, tools);
    if (!allowance.isCounted) uncounted.set(grant, allowance);
    return allowance;
  };
}

function openAllowance(grant: ToolGrant, { spending, rates, priceOf, isAlias }: AllowanceTools): Allowance {
  const { permissions } = grant;
  const hasUsdBudget = permissions.budgets.some(({ unit }) => unit === "usd");
  const limited = isLimited(permissions);
  let inputTokens = 0;
  let output: ReturnType<typeof askedOutput> = { tokens: null, answers: 1 };

  const priceAt = (target: RouteTarget<RouteRow>): CallPrice | null =>
    target.model === null ? null : priceOf(target.row.id, target.model);

  function check(wanted: Wanted): void {
    const refusal = authorise(grant, wanted);
    if (refusal !== null) throw refusal;
  }

  /** The dearest that any target of the route could make of it. */
  function worstOf(node: RouteNode<ProviderRow>, endpoint: RouteCall["endpoint"]): Amount {
    if (node.kind === "branch") {
      let worst: Amount = { tokens: 0, microUsd: 0 };
      for (const child of node.tries) {
        const { tokens, microUsd } = worstOf(child, endpoint);
        worst = { tokens: Math.max(worst.tokens, tokens), microUsd: Math.max(worst.microUsd, microUsd) };
      }
      return worst;
    }
    const outputTokens = withoutOutput.has(endpoint) ? 0 : outputAt(node);
    const price = priceAt(node);
    const microUsd = price === null ? 0 : worstCost(price, inputTokens, outputTokens);
    // Who may ask several targets at once may have to pay for each.
    return times({ tokens: inputTokens + outputTokens, microUsd }, 1 + (node.hedge?.most ?? 0));
  }

  function outputAt({ overrideParams, defaultParams }: RouteTarget<ProviderRow>): number {
    const over = askedOutput(overrideParams ?? {});
    const asked = over.tokens ?? output.tokens ?? askedOutput(defaultParams ?? {}).tokens ?? mostHeldOutputTokens;
    return Math.min(asked, mostHeldOutputTokens) * Math.max(output.answers, over.answers);
  }

  return {
    grant,
    isCounted: permissions.budgets.length > 0 || permissions.requestsPerMinute !== null || permissions.tokensPerMinute !== null,
    needsModel: permissions.models !== null || hasUsdBudget,
    readsBody: limited,
    check,
    allowsHost: (origin) => authorise(grant, { kind: "host", origin }) === null,
    refuse(target, call, alias) {
      const isPriced = !hasUsdBudget || isWhole(priceAt(target));
      const { row, model } = target;
      const isAliasName = model !== null && isAlias(model);
      return authorise(grant, { kind: "target", provider: row.id, model, asked: askedOf(call), isAliasName, alias, isPriced });
    },
    readBody(bytes, fields) {
      inputTokens = Math.ceil(bytes / bytesPerToken);
      if (fields === null) return;
      output = askedOutput(fields);
      check({ kind: "fields", fields });
    },
    readConfig(config) {
      for (const fields of [config.override_params, config.default_params]) if (fields !== undefined) check({ kind: "fields", fields });
      for (const target of config.targets ?? []) this.readConfig(target);
    },
    mayMean: (model) => mayMean(grant, model),
    hide: (error, call) => (limited && tellsOfNames.has(error.code) ? notGranted(grant, askedOf(call)) : error),
    async begin(route, endpoint) {
      const settleRate = rates.take(grant, inputTokens);
      const worst = endpoint === "count-tokens" ? nothing : worstOf(route.root, endpoint);
      const held = await spending.reserve(grant, worst);
      if (grant.state.ended !== null) {
        held.settle(nothing);
        throw grant.state.ended;
      }
      return (record, wasCut) => {
        const taken = takenBy(record, worst, wasCut);
        held.settle(taken);
        if (taken !== null) settleRate(taken.tokens);
      };
    },
  };
}

const nothing: Amount = { tokens: 0, microUsd: 0 };

/**
 * What a call took; null where nobody knows, and what was held stays spent.
 *
 * @param wasCut whether Postern itself cut it off
 */
function takenBy(record: CallRecord, held: Amount, wasCut: boolean): Amount | null {
  const givenUp = record.attempts.filter(({ status, errorCode }) => status === null && errorCode === null).length;
  // A try that another one beat to it was sent all the same, and nobody says what it took.
  const lost = record.attempts.length > 1 && givenUp > 0 ? times(held, givenUp / record.attempts.length) : nothing;
  if (record.cacheStatus === "HIT") return lost;
  // Anthropic says at the beginning of a stream what came in, and at its end what went out.
  if (record.inputTokens !== null && (record.outputTokens !== null || record.ending === "finished")) {
    const tokens = record.inputTokens + (record.outputTokens ?? 0);
    return { tokens: tokens + lost.tokens, microUsd: (record.costMicroUsd ?? held.microUsd) + lost.microUsd };
  }
  // What was on its way when it was cut off may be charged for, and nobody says how much.
  if (wasCut && record.attempts.some(({ connectMs }) => connectMs !== null)) return null;
  // A refusal: nobody charges for one.
  return record.status !== null && record.status >= 400 ? lost : null;
}

function times({ tokens, microUsd }: Amount, factor: number): Amount {
  return { tokens: Math.ceil(tokens * factor), microUsd: microUsd * factor };
}

function askedOf({ model, config }: RouteCall): string | null {
  return model ?? (typeof config === "string" ? config : null);
}

/** Whether a price says everything that a call with input and output takes. */
function isWhole(price: CallPrice | null): boolean {
  return price !== null && price.inputUsdPerMillion !== null && (price.outputUsdPerMillion !== null || price.inputUsdPerMillion === 0);
}

/** Millionths of a US dollar: all input as the dearest kind of input. */
function worstCost(price: CallPrice, inputTokens: number, outputTokens: number): number {
  const input = Math.max(price.inputUsdPerMillion ?? 0, price.cacheWriteUsdPerMillion ?? 0);
  return inputTokens * input + outputTokens * (price.outputUsdPerMillion ?? 0) + (price.requestUsd ?? 0) * 1e6;
}
