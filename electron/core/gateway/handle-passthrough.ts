import { PosternError } from "#shared/errors.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import type { Outgoing } from "./attempt-target.ts";
import type { Exchange } from "./exchange.ts";
import { noteCall } from "./note-call.ts";
import { readBody } from "./read-body.ts";
import { readRouteHeaders } from "./read-route-headers.ts";
import { relayWay } from "./reply-way.ts";
import { type CallTools, runCall } from "./run-call.ts";

const rawRelay = relayWay({
  dialect: openaiChat,
  expectsJson: false,
  hidesUsage: false,
  isChat: false,
  mustSayEnd: false,
  framing: "sse",
});

/** Relays any other `/v1` path raw to the provider that the caller names. */
export async function handlePassthrough(exchange: Exchange, path: string, caller: Caller, tools: CallTools): Promise<void> {
  const { head, request } = exchange;
  const route = readRouteHeaders(exchange, caller, null);
  if (route.provider === null && route.config === null) {
    throw new PosternError(
      "not_found",
      "Cannot find this path: Postern has none like it; to relay it raw, name the provider with the x-portkey-provider header",
    );
  }
  const bytes =
    request.method === "POST"
      ? await readBody(exchange, { encoding: head.contentEncoding, maxBytes: tools.config.current.gateway.maxBodyBytes })
      : null;
  noteCall(exchange, route, "passthrough");
  exchange.record.requestBytes = bytes?.length ?? null;
  const url = request.url ?? "";
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : undefined;
  if (query !== undefined && [...new URLSearchParams(query).values()].some((value) => tools.isLocalKey(value))) {
    throw new PosternError("conflicting_credentials", "Cannot relay this query: a local key stands in it; send it in a header");
  }
  await runCall(exchange, route, tools, {
    endpoint: null,
    method: request.method as Outgoing["method"],
    contentType: head.contentType,
    // Only the provider knows what such a call does, so it is made once.
    replayable: false,
    prepare: () => ({ bytes, path: query === undefined ? path : `${path}?${query}`, way: rawRelay, dropped: [] }),
  });
}
