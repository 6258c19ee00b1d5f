import { PosternError } from "#shared/errors.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Memories } from "#core/dialects/scoped-memory.ts";
import { planTree } from "#core/routing/plan-tree.ts";
import type { Route, RouteCall, RouteWorld } from "#core/routing/route-types.ts";
import type { CallLog } from "#core/usage/call-log.ts";
import type { Allowance } from "./allowance.ts";
import type { Outgoing } from "./attempt-target.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import { unlessCut } from "./cut-off.ts";
import type { Exchange } from "./exchange.ts";
import { loadSpoken } from "./load-spoken.ts";
import { type AttemptTools, runAttempts } from "./run-attempts.ts";

/** What a call is handled with. */
export interface CallTools extends AttemptTools {
  readonly calls: Pick<CallLog, "begin">;
  readonly bodies: BodyKeeper;
  readonly config: LiveConfig;
  readonly world: RouteWorld<ProviderRow>;
  readonly memories: Memories;
  /** Makes sure that the model lists which could name a provider for this model are there. */
  learnModel(): Promise<void>;
}

/** Runs a call that has been read: finds out what its model's name means, plans where it goes, and goes there. */
export function runCall(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const { record } = exchange;
  record.modelAsked = asked.model;
  const { world } = tools;
  const isClosed = asked.config === null && asked.model !== null && exchange.allowance?.mayMean(asked.model) === false;
  if (asked.hasGrant && !isClosed && asksForUnknownModel(asked, world)) {
    return unlessCut(exchange, tools.learnModel()).then(() => runPlan(exchange, asked, tools, outgoing));
  }
  return runPlan(exchange, asked, tools, outgoing);
}

/** Whether a model's name alone decides where the call goes, and no list that is at hand has it. */
function asksForUnknownModel(asked: RouteCall, world: RouteWorld<ProviderRow>): boolean {
  const isUnknown = (model: string): boolean =>
    !model.startsWith("@") && world.findAlias(model) === undefined && world.servedBy(model) === null;
  const visit = (node: CallConfig, inherited: boolean): boolean => {
    const isNamed = inherited || node.provider !== undefined || node.virtual_key !== undefined;
    if (node.targets !== undefined) return node.targets.some((target) => visit(target, isNamed));
    return !isNamed && node.model !== undefined && isUnknown(node.model);
  };
  const { config, model } = asked;
  if (config === null && (asked.provider !== null || asked.keyName !== null || model === null)) return false;
  const alias =
    typeof config === "string" ? (world.findConfig(config) ?? world.findAlias(config)) : (config ?? world.findAlias(model ?? ""));
  return alias === undefined ? isUnknown(model ?? "") : visit(alias, false);
}

function runPlan(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const route = plan(exchange, asked, tools);
  const loading = loadSpoken(route.root);
  if (loading !== null) return loading.then(() => runRoute(exchange, asked, { route, tools, outgoing }));
  return runRoute(exchange, asked, { route, tools, outgoing });
}

function runRoute(
  exchange: Exchange,
  asked: RouteCall,
  { route, tools, outgoing }: { readonly route: Route<ProviderRow>; readonly tools: CallTools; readonly outgoing: Outgoing },
): Promise<void> {
  exchange.record.alias = route.alias;
  if (exchange.allowance?.isCounted === true)
    return runAllowed(exchange, exchange.allowance, { route, endpoint: asked.endpoint, outgoing, tools });
  tools.calls.begin(exchange.record);
  return runAttempts(exchange, route, outgoing, tools);
}

function plan({ allowance }: Exchange, asked: RouteCall, { world }: CallTools): Route<ProviderRow> {
  if (allowance === null) return planTree(asked, world);
  try {
    return planTree(asked, world);
  } catch (error) {
    throw error instanceof PosternError ? allowance.hide(error, asked) : error;
  }
}

/** Runs a plan on a tool's account: what it may cost is held before anything goes out, and settled after. */
async function runAllowed(
  exchange: Exchange,
  allowance: Allowance,
  call: {
    readonly route: Route<ProviderRow>;
    readonly endpoint: RouteCall["endpoint"];
    readonly outgoing: Outgoing;
    readonly tools: CallTools;
  },
): Promise<void> {
  const settle = await allowance.begin(call.route, call.endpoint);
  call.tools.calls.begin(exchange.record);
  await runAttempts(exchange, call.route, call.outgoing, call.tools);
  settle(exchange.record, exchange.cut !== null);
}
