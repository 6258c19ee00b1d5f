import { hash, randomBytes } from "node:crypto";
import { PosternError } from "#shared/errors.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import type { ReplyMeta } from "#core/dialects/dialect.ts";
import { embeddingsFor } from "#core/dialects/embeddings.ts";
import { dialectOf } from "#core/dialects/index.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import { rerankFor } from "#core/dialects/rerank.ts";
import type { Memories } from "#core/dialects/scoped-memory.ts";
import { mayHoldForeignSignatures, stripForeignSignatures } from "#core/dialects/strip-signatures.ts";
import { translateRequest } from "#core/dialects/translation.ts";
import type { Endpoint, PathCall } from "#core/endpoints/match-endpoint.ts";
import type { Clock } from "#core/platform.ts";
import type { CallInputs } from "#core/routing/route-types.ts";
import type { Prepared, Target } from "./attempt-target.ts";
import type { Exchange } from "./exchange.ts";
import { type JsonCall, writeJsonBody } from "./read-call.ts";
import { jsonWay, relayWay, translationWay } from "./reply-way.ts";
import type { ClientFraming } from "./translate-stream.ts";

/** A JSON call, as every target's request is made from it. */
export interface JsonExchange {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint;
  readonly call: JsonCall;
  readonly path: PathCall | null;
  readonly stream: boolean;
  readonly caller: Caller;
  readonly tools: { readonly memories: Memories; readonly clock: Clock };
}

const none: readonly never[] = [];

/** Makes of a client's JSON call what one target gets. @throws {PosternError} where this target cannot be asked for this */
export function prepareRequest(json: JsonExchange, attempt: Target): Prepared {
  return isChat(json.endpoint) ? prepareChat(json, attempt) : prepareOther(json, attempt);
}

/** Whether an endpoint is one of the four ways to talk to a model. */
export function isChat({ id }: Endpoint): boolean {
  return id === "chat" || id === "responses" || id === "messages" || id === "generate";
}

/** A chat: relayed where client and provider speak the same, else translated. */
function prepareChat(json: JsonExchange, attempt: Target): Prepared {
  const { endpoint, call, stream, exchange } = json;
  const framing = framingOf(exchange, json.path);
  const provider = dialectOf(attempt.dialect);
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

/** The way of a reply that is no chat: as it comes. */
export function plainRelay(endpoint: Endpoint): Prepared["way"] {
  return relayWay({
    dialect: openaiChat,
    expectsJson: !endpoint.id.startsWith("audio-"),
    hidesUsage: false,
    isChat: false,
    mustSayEnd: endpoint.id === "completions",
    framing: "sse",
  });
}

/** The client's body with this target's model and parameters, byte for byte else. */
export function writeBody({ call, path }: JsonExchange, attempt: Target, requestsUsage: boolean): Buffer {
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

/** {@link writeBody}, parsed. */
export function parseBody(json: JsonExchange, attempt: Target): JsonObject {
  return JSON.parse(writeBody(json, attempt, false).toString("utf8")) as JsonObject;
}

/** Where a chat is kept under a row's base URL: the row's own path for it, else the dialect's. */
export function chatPath({ row, dialect }: Target, target: { readonly model: string; readonly stream: boolean }): string {
  const own = dialect === row.dialect ? row.paths.chat : dialect === "openai-responses" ? row.paths.responses : row.paths.messages;
  return own ?? dialectOf(dialect).path(target);
}

/** Gemini's clients say `alt=sse` where they want server-sent events; else a stream is one JSON array that grows. */
function framingOf({ request }: Exchange, path: PathCall | null): ClientFraming {
  return path?.stream === true && !/[?&]alt=sse(?:&|$)/.test(request.url ?? "") ? "json-array" : "sse";
}

/** Whose thoughts are remembered: a local key's, or those of a caller with a key of its own; nobody's where neither is known. */
export function scopeOf({ grant }: Caller, { ownKey }: Target): string {
  if (grant !== null) return grant.id;
  return ownKey === null ? randomBytes(16).toString("hex") : `own:${hash("sha256", ownKey)}`;
}

/** The body's members, parsed once and only where a config asks for one. */
export function paramsOf(call: JsonCall): CallInputs["param"] {
  let body: JsonObject | undefined;
  return (name) => {
    body ??= JSON.parse(call.bytes.toString("utf8")) as JsonObject;
    return Object.hasOwn(body, name) ? body[name] : undefined;
  };
}
