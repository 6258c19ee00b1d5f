import { hash, randomBytes } from "node:crypto";
import { PosternError } from "#shared/errors.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import type { RequestHead } from "#core/access/read-head.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { ReplyMeta } from "#core/dialects/dialect.ts";
import { embeddingsFor } from "#core/dialects/embeddings.ts";
import { dialects } from "#core/dialects/index.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import { rerankFor } from "#core/dialects/rerank.ts";
import { mayHoldForeignSignatures, stripForeignSignatures } from "#core/dialects/strip-signatures.ts";
import type { Memories } from "#core/dialects/scoped-memory.ts";
import { translateRequest } from "#core/dialects/translation.ts";
import type { Endpoint, PathCall } from "#core/endpoints/match-endpoint.ts";
import { planTree } from "#core/routing/plan-tree.ts";
import type { CallInputs, CallNeeds, Route, RouteCall, RouteNode, RouteWorld } from "#core/routing/route-types.ts";
import type { CallLog } from "#core/usage/call-log.ts";
import type { Allowance } from "./allowance.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import type { Exchange } from "./exchange.ts";
import { loadAwsEventStream } from "#core/wire/aws-event-stream.ts";
import { estimateTokens } from "#core/tokens/estimate-tokens.ts";
import { countsTokens, prepareCount, readCountRequest, writeCount } from "./count-tokens.ts";
import type { Outcome } from "./pump-reply.ts";
import { readBody } from "./read-body.ts";
import { type JsonCall, readJsonCall, writeJsonBody } from "./read-call.ts";
import { readRouteHeaders } from "./read-route-headers.ts";
import { readUpload } from "./read-upload.ts";
import { jsonWay, relayWay, translationWay } from "./reply-way.ts";
import type { Outgoing, Prepared, Target } from "./attempt-target.ts";
import { type AttemptTools, runAttempts } from "./run-attempts.ts";
import { writeJson } from "./write-failure.ts";
import type { ClientFraming } from "./translate-stream.ts";

const mostHeldForStrangers = 1_048_576;
/** It goes into the log, to a collector and back to the client. */
const longestTraceId = 256;
const mostMetadataLength = 4_096;

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

/** Handles a call that asks a model for something: reads it, plans it, runs the plan. */
export async function handleCall(
  exchange: Exchange,
  { endpoint, path }: { readonly endpoint: Endpoint; readonly path: PathCall | null },
  caller: Caller,
  tools: CallTools,
): Promise<void> {
  const { head, record } = exchange;
  const maxBytes = tools.config.current.gateway.maxBodyBytes;
  const route = readRouteHeaders(exchange, caller, endpoint.id);
  record.endpoint = endpoint.id;
  record.traceId = head.portkey?.get("trace-id")?.slice(0, longestTraceId) ?? null;
  record.metadata = metadataText(route.inputs.metadata);
  const isUpload = endpoint.takesFiles && head.contentType !== null && /^multipart\/form-data/i.test(head.contentType);
  if (isUpload) {
    const upload = await readUpload(exchange.request, {
      contentType: head.contentType,
      maxBytes,
      providerIsNamed: (route.provider !== null || route.config !== null) && exchange.allowance?.needsModel !== true,
      mostHeldBytes: caller.grant === null ? mostHeldForStrangers : maxBytes,
    });
    exchange.allowance?.readBody(Number(exchange.request.headers["content-length"] ?? maxBytes), null);
    const asked: RouteCall = {
      ...route,
      model: upload.model,
      provider: route.provider ?? upload.provider,
      keyName: route.keyName ?? upload.keyName,
    };
    await run(exchange, asked, tools, {
      ...outgoingTo(endpoint, head),
      replayable: upload.complete,
      prepare: (attempt) => ({
        bytes: upload.open(
          (model) => attempt.model ?? (model.startsWith(`@${attempt.row.id}/`) ? model.slice(attempt.row.id.length + 2) : model),
        ),
        path: null,
        way: plainRelay(endpoint),
        dropped: none,
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
  const stream = path?.stream ?? call.stream;
  record.requestBytes = bytes.length;
  record.streamed = stream;
  if (tools.bodies.keeps(record)) tools.bodies.keep(exchange, bytes);
  const asked: RouteCall = {
    ...route,
    model: path?.model ?? call.model,
    provider: route.provider ?? call.provider,
    keyName: route.keyName ?? call.keyName,
    inputs: { ...route.inputs, param: paramsOf(call) },
    needs: isChat(endpoint) ? new NeedsOfChat(call.bytes) : null,
  };
  if (endpoint.needsModel && asked.model === null && route.config === null) {
    throw new PosternError(
      "model_missing",
      'Cannot route this call: it names no model; write "model", such as "@openai/gpt-4o" or an alias',
      { param: "model" },
    );
  }
  if (exchange.allowance !== null) readForAllowance(exchange.allowance, call);
  const json: JsonExchange = { exchange, endpoint, call, path, stream, framing: framingOf(exchange, path), caller, tools };
  const outgoing: Outgoing = {
    ...outgoingTo(endpoint, head),
    replayable: true,
    prepare: (attempt) => (isChat(endpoint) ? prepareChat(json, attempt) : prepareOther(json, attempt)),
  };
  if (endpoint.id === "count-tokens") await countTokens(json, asked, outgoing);
  else await run(exchange, asked, tools, outgoing);
}

/** Only a limited grant's body is looked into. */
function readForAllowance(allowance: Allowance, { bytes }: JsonCall): void {
  allowance.readBody(bytes.length, allowance.readsBody ? (JSON.parse(bytes.toString("utf8")) as JsonObject) : null);
}

/** Counts a request's tokens: by the provider where it can, else by an estimate that says so. */
function countTokens(json: JsonExchange, asked: RouteCall, outgoing: Outgoing): Promise<void> {
  const { exchange, tools, endpoint } = json;
  const relayed = (one: Target): Prepared => ({
    bytes: writeBody(json, one, false),
    path:
      one.dialect === "gemini-generate"
        ? chatPath(one, { model: one.model ?? "", stream: false }).replace(/:\w+$/, ":countTokens")
        : "/messages/count_tokens",
    way: plainRelay(endpoint),
    dropped: none,
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
  return run(exchange, asked, tools, {
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

/** A JSON call, as every target's request is made from it. */
interface JsonExchange {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint;
  readonly call: JsonCall;
  readonly path: PathCall | null;
  readonly stream: boolean;
  readonly framing: ClientFraming;
  readonly caller: Caller;
  readonly tools: CallTools;
}

const none: readonly never[] = [];

function isChat({ id }: Endpoint): boolean {
  return id === "chat" || id === "responses" || id === "messages" || id === "generate";
}

/** A chat: relayed where client and provider speak the same, else translated. */
function prepareChat(json: JsonExchange, attempt: Target): Prepared {
  const { endpoint, call, stream, framing, exchange } = json;
  const provider = dialects[attempt.dialect];
  const model = attempt.model ?? "";
  const path = chatPath(attempt, { model, stream });
  if (attempt.dialect !== endpoint.dialect) {
    const body = parseBody(json, attempt);
    const scope = scopeOf(json.caller, attempt);
    const translation = translateRequest(exchange.dialect, provider, body, {
      model,
      stream,
      quirks: attempt.row.quirks,
      memories: json.tools.memories,
      scope,
    });
    const meta: ReplyMeta = {
      request: translation.request,
      body,
      isStrict: attempt.strictOpenAiCompliance,
      nowSeconds: Math.floor(json.tools.clock.nowMs() / 1_000),
      newId: (prefix) => prefix + randomBytes(12).toString("hex"),
      remember: (id, item) => json.tools.memories.items.remember(scope, id, item),
    };
    return {
      bytes: Buffer.from(JSON.stringify(translation.body)),
      path,
      way: translationWay(translation, meta, framing),
      dropped: translation.dropped,
      source: call.bytes,
    };
  }
  const hidesUsage = provider === openaiChat && stream && !call.wantsUsage && attempt.row.quirks.streamUsage === "on-request";
  const body = writeBody(json, attempt, hidesUsage);
  return {
    bytes: provider !== openaiChat && mayHoldForeignSignatures(body) ? withoutForeignSignatures(body) : body,
    path,
    way: relayWay({ dialect: provider, expectsJson: true, hidesUsage, isChat: true, mustSayEnd: true, framing }),
    dropped: none,
    source: call.bytes,
  };
}

function withoutForeignSignatures(body: Buffer): Buffer {
  return Buffer.from(JSON.stringify(stripForeignSignatures(JSON.parse(body.toString("utf8")) as JsonObject)));
}

/** What is no chat: in OpenAI's shape for whoever has it, translated for those that have their own. */
function prepareOther(json: JsonExchange, attempt: Target): Prepared {
  const { endpoint } = json;
  const { dialect, row } = attempt;
  if (dialect !== "openai-chat" && dialect !== "openai-responses" && row.paths[endpoint.id as "embeddings"] === undefined) {
    const model = attempt.model ?? "";
    const translation =
      endpoint.id === "embeddings" ? embeddingsFor(dialect, model) : endpoint.id === "rerank" ? rerankFor(dialect, model) : null;
    if (translation === null) {
      throw new PosternError(
        "endpoint_unsupported",
        `Cannot ask ${row.id} for ${endpoint.id} with this model: it does not offer that; choose another model or provider`,
        { param: "model" },
      );
    }
    const dropped = new Set<string>();
    const request = parseBody(json, attempt);
    const body = translation.writeRequest(request, model, (field) => dropped.add(field));
    const way = jsonWay((reply) => {
      const { reply: written, usage } = translation.readReply(reply, request);
      return { body: written, usage };
    });
    return { bytes: Buffer.from(JSON.stringify(body)), path: translation.path(model), way, dropped: [...dropped], source: json.call.bytes };
  }
  return { bytes: writeBody(json, attempt, false), path: null, way: plainRelay(endpoint), dropped: none, source: json.call.bytes };
}

function plainRelay(endpoint: Endpoint): Prepared["way"] {
  return relayWay({
    dialect: openaiChat,
    expectsJson: !endpoint.id.startsWith("audio-"),
    hidesUsage: false,
    isChat: false,
    mustSayEnd: endpoint.id === "completions",
    framing: "sse",
  });
}

function writeBody({ call, path }: JsonExchange, attempt: Target, requestsUsage: boolean): Buffer {
  // A model that stands in the path does not stand in the body.
  return writeJsonBody(call, { model: path === null ? attempt.model : null, overrideParams: paramsFor(call, attempt), requestsUsage });
}

/** The target's parameters: those that go over the body, and its defaults where the body says nothing. */
function paramsFor(call: JsonCall, { overrideParams, defaultParams }: Target): Target["overrideParams"] {
  if (defaultParams === null) return overrideParams;
  const param = paramsOf(call);
  const missing = Object.entries(defaultParams).filter(([name]) => param(name) === undefined);
  return missing.length === 0 ? overrideParams : { ...Object.fromEntries(missing), ...overrideParams };
}

function parseBody(json: JsonExchange, attempt: Target): JsonObject {
  return JSON.parse(writeBody(json, attempt, false).toString("utf8")) as JsonObject;
}

/** Where a chat is kept under a row's base URL: the row's own path for it, else the dialect's. */
function chatPath({ row, dialect }: Target, target: { readonly model: string; readonly stream: boolean }): string {
  const own = dialect === row.dialect ? row.paths.chat : dialect === "openai-responses" ? row.paths.responses : row.paths.messages;
  return own ?? dialects[dialect].path(target);
}

/** Gemini's clients say `alt=sse` where they want server-sent events; else a stream is one JSON array that grows. */
function framingOf({ request }: Exchange, path: PathCall | null): ClientFraming {
  return path?.stream === true && !/[?&]alt=sse(?:&|$)/.test(request.url ?? "") ? "json-array" : "sse";
}

/** Whose thoughts are remembered: a local key's, or those of a caller with a key of its own; nobody's where neither is known. */
function scopeOf({ grant }: Caller, { ownKey }: Target): string {
  if (grant !== null) return grant.id;
  return ownKey === null ? randomBytes(16).toString("hex") : `own:${hash("sha256", ownKey)}`;
}

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
      ? await readBody(request, { encoding: head.contentEncoding, maxBytes: tools.config.current.gateway.maxBodyBytes })
      : null;
  exchange.record.endpoint = "passthrough";
  exchange.record.traceId = head.portkey?.get("trace-id")?.slice(0, longestTraceId) ?? null;
  exchange.record.metadata = metadataText(route.inputs.metadata);
  exchange.record.requestBytes = bytes?.length ?? null;
  const url = request.url ?? "";
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : undefined;
  if (query !== undefined && [...new URLSearchParams(query).values()].some((value) => tools.isLocalKey(value))) {
    throw new PosternError("conflicting_credentials", "Cannot relay this query: a local key stands in it; send it in a header");
  }
  await run(exchange, route, tools, {
    endpoint: null,
    method: request.method as Outgoing["method"],
    contentType: head.contentType,
    // Only the provider knows what such a call does, so it is made once.
    replayable: false,
    prepare: () => ({ bytes, path: query === undefined ? path : `${path}?${query}`, way: rawRelay, dropped: none }),
  });
}

const rawRelay = relayWay({
  dialect: openaiChat,
  expectsJson: false,
  hidesUsage: false,
  isChat: false,
  mustSayEnd: false,
  framing: "sse",
});

function run(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const { record } = exchange;
  record.modelAsked = asked.model;
  const { world } = tools;
  const isClosed = asked.config === null && asked.model !== null && exchange.allowance?.mayMean(asked.model) === false;
  if (asked.hasGrant && !isClosed && asksForUnknownModel(asked, world)) {
    return tools.learnModel().then(() => runPlan(exchange, asked, tools, outgoing));
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

/** The body's members, parsed once and only where a config asks for one. */
function paramsOf(call: JsonCall): CallInputs["param"] {
  let body: JsonObject | undefined;
  return (name) => {
    body ??= JSON.parse(call.bytes.toString("utf8")) as JsonObject;
    return Object.hasOwn(body, name) ? body[name] : undefined;
  };
}

const bytesPerToken = 4;

const imageNeedles = ['"image_url"', '"input_image"', '"inlineData"', '"inline_data"', '"image"'];

/**
 * What a chat asks of a model, read off its bytes only where the catalog has something to hold it against. A class, as
 * V8 puts a getter of an object literal into the old generation, with the whole call that it closes over.
 */
class NeedsOfChat implements CallNeeds {
  readonly maxOutputTokens = null;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get vision(): boolean {
    return imageNeedles.some((needle) => this.#bytes.includes(needle));
  }

  get tools(): boolean {
    return this.#bytes.includes('"tools"') || this.#bytes.includes('"functions"');
  }

  get inputTokens(): number {
    return Math.ceil(this.#bytes.length / bytesPerToken);
  }
}

function runPlan(exchange: Exchange, asked: RouteCall, tools: CallTools, outgoing: Outgoing): Promise<void> {
  const route = plan(exchange, asked, tools);
  if (speaksAwsStreams(route.root)) return loadAwsEventStream().then(() => runRoute(exchange, asked, { route, tools, outgoing }));
  return runRoute(exchange, asked, { route, tools, outgoing });
}

function speaksAwsStreams(node: RouteNode<ProviderRow>): boolean {
  return node.kind === "target" ? node.dialect === "bedrock-converse" : node.tries.some(speaksAwsStreams);
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
  settle(exchange.record);
}

function outgoingTo(endpoint: Endpoint, head: RequestHead): Pick<Outgoing, "endpoint" | "method" | "contentType"> {
  const isMultipart = head.contentType !== null && /^multipart\//i.test(head.contentType);
  return {
    endpoint: endpoint.id,
    method: "POST",
    // The boundary goes on as it came; JSON is JSON, whatever the client called it.
    contentType: isMultipart ? head.contentType : "application/json",
  };
}

/** What the log keeps of the caller's own words; too many of them are left out as a whole, as half of them mean nothing. */
function metadataText(metadata: Readonly<Record<string, unknown>>): string | null {
  for (const _name in metadata) {
    const text = JSON.stringify(metadata);
    return text.length > mostMetadataLength ? null : text;
  }
  return null;
}
