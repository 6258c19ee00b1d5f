import { PosternError } from "#shared/errors.ts";
import type { RouteCall } from "#core/routing/route-types.ts";
import { estimateTokens } from "#core/tokens/estimate-tokens.ts";
import type { Outgoing, Prepared, Target } from "./attempt-target.ts";
import { countsTokens, prepareCount, readCountRequest, writeCount } from "./count-tokens.ts";
import { chatPath, type JsonExchange, parseBody, plainRelay, scopeOf, writeBody } from "./prepare-request.ts";
import type { Outcome } from "./pump-reply.ts";
import { type CallTools, runCall } from "./run-call.ts";
import { writeJson } from "./write-failure.ts";

/** Counts a request's tokens: by the provider where it can, else by an estimate that says so. */
export function handleCount(
  json: JsonExchange,
  { asked, outgoing, tools }: { readonly asked: RouteCall; readonly outgoing: Outgoing; readonly tools: CallTools },
): Promise<void> {
  const { exchange, endpoint } = json;
  const relayed = (one: Target): Prepared => ({
    bytes: writeBody(json, one, false),
    path:
      one.dialect === "gemini-generate"
        ? chatPath(one, { model: one.model ?? "", stream: false }).replace(/:\w+$/, ":countTokens")
        : "/messages/count_tokens",
    way: plainRelay(endpoint),
    dropped: [],
    source: json.call.bytes,
  });
  const prepare = (one: Target): Prepared => {
    if (!countsTokens(one.dialect)) throw new PosternError("endpoint_unsupported", `Cannot ask ${one.row.id} to count tokens: it does not`);
    if (one.dialect === endpoint.dialect) return relayed(one);
    const call = {
      model: one.model ?? "",
      stream: false,
      quirks: one.row.quirks,
      memories: tools.memories,
      scope: scopeOf(json.caller, one),
    };
    return prepareCount(exchange.dialect, parseBody(json, one), one, call);
  };
  const estimate = async (one: Target): Promise<void> => {
    const tokens = await estimateTokens(readCountRequest(exchange.dialect, parseBody(json, one), one.model ?? ""));
    exchange.extraHeaders = [...exchange.extraHeaders, "x-postern-estimated", "input_tokens"];
    writeJson(exchange, writeCount(exchange.dialect, tokens));
  };
  return runCall(exchange, asked, tools, {
    ...outgoing,
    prepare,
    instead: (outcome, one) => (couldNotCount(outcome) ? estimate(one) : null),
  });
}

/** Whether a provider has no counting: not for this model, or not at all. */
function couldNotCount(outcome: Outcome): boolean {
  if (outcome.kind === "refused") return outcome.status === 404 || outcome.status === 405 || outcome.status === 501;
  return outcome.kind === "error" && outcome.error.code === "endpoint_unsupported";
}
