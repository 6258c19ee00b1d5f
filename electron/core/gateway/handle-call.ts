import { PosternError } from "#shared/errors.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";
import { type CallConfig, callConfigSchema } from "#shared/schema/routing.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import type { RequestHead } from "#core/access/read-head.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { formatPath } from "#core/config/read-config.ts";
import type { Endpoint } from "#core/endpoints/match-endpoint.ts";
import { planRoute, type RouteCall, type RouteWorld } from "#core/routing/plan-route.ts";
import type { Exchange } from "./exchange.ts";
import { readBody } from "./read-body.ts";
import { readJsonCall, writeJsonBody } from "./read-call.ts";
import { readUpload } from "./read-upload.ts";
import { type AttemptTools, type Outgoing, runAttempts } from "./run-attempts.ts";

const mostHeldForStrangers = 1_048_576;

/** What a call is handled with. */
export interface CallTools extends AttemptTools {
  readonly config: LiveConfig;
  readonly world: RouteWorld<ProviderRow>;
  /** Makes sure that the model lists which could name a provider for this model are there. */
  learnModel(): Promise<void>;
}

/** Handles a call that asks a model for something: reads it, plans it, runs the plan. */
export async function handleCall(exchange: Exchange, endpoint: Endpoint, caller: Caller, tools: CallTools): Promise<void> {
  const { head, record } = exchange;
  const maxBytes = tools.config.current.gateway.maxBodyBytes;
  const route = readRouteHeaders(head, caller, endpoint.id);
  record.endpoint = endpoint.id;
  record.traceId = head.portkey?.get("trace-id") ?? null;
  const isUpload = endpoint.takesFiles && head.contentType !== null && /^multipart\/form-data/i.test(head.contentType);
  if (isUpload) {
    const upload = await readUpload(exchange.request, {
      contentType: head.contentType,
      maxBytes,
      providerIsNamed: route.provider !== null || route.config !== null,
      mostHeldBytes: caller.grant === null ? mostHeldForStrangers : maxBytes,
    });
    const asked: RouteCall = {
      ...route,
      model: upload.model,
      provider: route.provider ?? upload.provider,
      keyName: route.keyName ?? upload.keyName,
    };
    await run(exchange, asked, tools, {
      ...outgoingTo(endpoint, head),
      replayable: upload.complete,
      body: (attempt) => ({
        bytes: upload.open(
          (model) => attempt.model ?? (model.startsWith(`@${attempt.row.id}/`) ? model.slice(attempt.row.id.length + 2) : model),
        ),
        hidesUsage: false,
      }),
    });
    return;
  }
  if (head.contentType !== null && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(head.contentType)) {
    throw new PosternError(
      "unsupported_media_type",
      `Cannot read this body: its Content-Type is not application/json${endpoint.takesFiles ? " or multipart/form-data" : ""}; send it as that`,
    );
  }
  const bytes = await readBody(exchange.request, { encoding: head.contentEncoding, maxBytes });
  const call = readJsonCall(bytes);
  record.requestBytes = bytes.length;
  record.streamed = call.stream;
  const asked: RouteCall = {
    ...route,
    model: call.model,
    provider: route.provider ?? call.provider,
    keyName: route.keyName ?? call.keyName,
  };
  if (endpoint.needsModel && call.model === null && route.config === null) {
    throw new PosternError(
      "model_missing",
      'Cannot route this call: it names no model; write "model", such as "@openai/gpt-4o" or an alias',
      { param: "model" },
    );
  }
  await run(exchange, asked, tools, {
    ...outgoingTo(endpoint, head),
    replayable: true,
    body: (attempt) => {
      const hidesUsage = call.stream && !call.wantsUsage && endpoint.id === "chat" && attempt.row.quirks.streamUsage === "on-request";
      return {
        bytes: writeJsonBody(call, { model: attempt.model, overrideParams: attempt.overrideParams, requestsUsage: hidesUsage }),
        hidesUsage,
      };
    },
  });
}

/** Relays any other `/v1` path raw to the provider that the caller names. */
export async function handlePassthrough(exchange: Exchange, path: string, caller: Caller, tools: CallTools): Promise<void> {
  const { head, request } = exchange;
  const route = readRouteHeaders(head, caller, null);
  if (route.provider === null && route.config === null) {
    throw new PosternError(
      "not_found",
      "Cannot find this path: Postern has none like it; to relay it raw, name the provider with the x-portkey-provider header",
    );
  }
  const bytes =
    request.method === "POST"
      ? await readBody(request, { encoding: head.contentEncoding, maxBytes: tools.config.current.gateway.maxBodyBytes })
      : null;
  exchange.record.endpoint = "passthrough";
  exchange.record.requestBytes = bytes?.length ?? null;
  const url = request.url ?? "";
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : undefined;
  if (query !== undefined && [...new URLSearchParams(query).values()].some((value) => tools.isLocalKey(value))) {
    throw new PosternError("conflicting_credentials", "Cannot relay this query: a local key stands in it; send it in a header");
  }
  await run(exchange, route, tools, {
    endpoint: null,
    method: request.method as Outgoing["method"],
    rawPath: query === undefined ? path : `${path}?${query}`,
    contentType: head.contentType,
    // Only the provider knows what such a call does, so it is made once.
    replayable: false,
    expectsJson: false,
    body: () => ({ bytes, hidesUsage: false }),
  });
}

function run(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const { record } = exchange;
  record.modelAsked = asked.model;
  const { world } = tools;
  const isBare = asked.model !== null && asked.config === null && asked.provider === null && asked.hasGrant && !asked.model.startsWith("@");
  if (isBare && world.findAlias(asked.model ?? "") === undefined && world.servedBy(asked.model ?? "") === null) {
    return tools.learnModel().then(() => runPlan(exchange, asked, tools, outgoing));
  }
  return runPlan(exchange, asked, tools, outgoing);
}

function runPlan(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const plan = planRoute(asked, tools.world);
  exchange.record.alias = plan.alias;
  return runAttempts(exchange, plan, outgoing, tools);
}

function outgoingTo(
  endpoint: Endpoint,
  head: RequestHead,
): Pick<Outgoing, "endpoint" | "method" | "rawPath" | "contentType" | "expectsJson"> {
  const isMultipart = head.contentType !== null && /^multipart\//i.test(head.contentType);
  return {
    endpoint: endpoint.id,
    method: "POST",
    rawPath: null,
    // The boundary goes on as it came; JSON is JSON, whatever the client called it.
    contentType: isMultipart ? head.contentType : "application/json",
    expectsJson: !endpoint.id.startsWith("audio-"),
  };
}

/** What the `x-portkey-*` headers say about where the call goes. */
function readRouteHeaders(head: RequestHead, caller: Caller, endpoint: EndpointId | null): RouteCall {
  const { portkey } = head;
  const provider = portkey?.get("provider")?.trim() || null;
  return {
    endpoint,
    model: null,
    config: readConfigHeader(portkey?.get("config")),
    provider,
    keyName: portkey?.get("virtual-key")?.trim() || null,
    ownKey: caller.ownKey,
    hasGrant: caller.grant !== null,
    customHost: readCustomHost(portkey?.get("custom-host")),
    retries: readWholeNumber(portkey?.get("retry"), "x-portkey-retry"),
    requestTimeoutMs: readWholeNumber(portkey?.get("request-timeout"), "x-portkey-request-timeout") || null,
  };
}

function readConfigHeader(text: string | undefined): CallConfig | string | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return null;
  if (!trimmed.startsWith("{")) return trimmed;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    throw new PosternError("invalid_config", "Invalid config passed. You need to pass a valid json", {
      param: "x-portkey-config",
      cause: error,
    });
  }
  const result = callConfigSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where =
    issue === undefined ? "" : formatPath(issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path);
  const what = issue?.code === "unrecognized_keys" ? "is not known here; check the spelling" : (issue?.message ?? "is not valid");
  throw new PosternError("invalid_config", `Invalid config passed: ${where === "" ? "it" : where} ${what}`, { param: "x-portkey-config" });
}

function readCustomHost(text: string | undefined): string | null {
  if (text === undefined || text.trim() === "") return null;
  const result = callConfigSchema.safeParse({ provider: "openai", custom_host: text.trim() });
  if (result.success) return text.trim();
  throw new PosternError("invalid_value", `Invalid custom host: it ${result.error.issues[0]?.message ?? "is not a URL"}`, {
    param: "x-portkey-custom-host",
  });
}

function readWholeNumber(text: string | undefined, name: string): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 86_400_000) return value;
  throw new PosternError("invalid_value", `Cannot use "${name}": it must be a whole number, found ${JSON.stringify(text.slice(0, 40))}`, {
    param: name,
  });
}
