import { PosternError } from "#shared/errors.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import type { Endpoint, PathCall } from "#core/endpoints/match-endpoint.ts";
import type { RouteCall } from "#core/routing/route-types.ts";
import type { Allowance } from "./allowance.ts";
import type { Outgoing } from "./attempt-target.ts";
import type { Exchange } from "./exchange.ts";
import { NeedsOfChat } from "./needs-of-chat.ts";
import { noteCall } from "./note-call.ts";
import { isChat, type JsonExchange, paramsOf, plainRelay, prepareRequest } from "./prepare-request.ts";
import { readBody } from "./read-body.ts";
import { type JsonCall, readJsonCall } from "./read-call.ts";
import { readRouteHeaders } from "./read-route-headers.ts";
import { readUpload } from "./read-upload.ts";
import { type CallTools, runCall } from "./run-call.ts";

const mostHeldForStrangers = 1_048_576;

/** What was asked for, where, and by whom. */
interface AskedCall {
  readonly endpoint: Endpoint;
  readonly path: PathCall | null;
  readonly caller: Caller;
  /** What its headers say of where it is to go. */
  readonly route: RouteCall;
}

/** Handles a call that asks a model for something: reads it, plans it, runs the plan. */
export function handleCall(
  exchange: Exchange,
  { endpoint, path }: { readonly endpoint: Endpoint; readonly path: PathCall | null },
  caller: Caller,
  tools: CallTools,
): Promise<void> {
  const { contentType } = exchange.head;
  const asked: AskedCall = { endpoint, path, caller, route: readRouteHeaders(exchange, caller, endpoint.id) };
  noteCall(exchange, asked.route, endpoint.id);
  if (endpoint.takesFiles && contentType !== null && /^multipart\/form-data/i.test(contentType)) {
    return handleUpload(exchange, { ...asked, contentType }, tools);
  }
  return handleJson(exchange, asked, tools);
}

async function handleUpload(
  exchange: Exchange,
  { endpoint, caller, route, contentType }: AskedCall & { readonly contentType: string },
  tools: CallTools,
): Promise<void> {
  const maxBytes = tools.config.current.gateway.maxBodyBytes;
  const upload = await readUpload(exchange, {
    contentType,
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
  await runCall(exchange, asked, tools, {
    endpoint: endpoint.id,
    method: "POST",
    // The boundary goes on as it came.
    contentType,
    replayable: upload.complete,
    prepare: (attempt) => ({
      bytes: upload.open(
        (model) => attempt.model ?? (model.startsWith(`@${attempt.row.id}/`) ? model.slice(attempt.row.id.length + 2) : model),
      ),
      path: null,
      way: plainRelay(endpoint),
      dropped: [],
    }),
  });
}

async function handleJson(exchange: Exchange, { endpoint, path, caller, route }: AskedCall, tools: CallTools): Promise<void> {
  const { head, record } = exchange;
  const maxBytes = tools.config.current.gateway.maxBodyBytes;
  if (head.contentType !== null && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(head.contentType)) {
    throw new PosternError(
      "unsupported_media_type",
      `Cannot read this body: its Content-Type is not application/json${endpoint.takesFiles ? " or multipart/form-data" : ""}; send it as that`,
    );
  }
  const bytes = await readBody(exchange, { encoding: head.contentEncoding, maxBytes });
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
  const json: JsonExchange = { exchange, endpoint, call, path, stream, caller, tools };
  const outgoing: Outgoing = {
    endpoint: endpoint.id,
    method: "POST",
    // JSON is JSON, whatever the client called it.
    contentType: "application/json",
    replayable: true,
    prepare: (attempt) => prepareRequest(json, attempt),
  };
  if (endpoint.id === "count-tokens") await (await import("./handle-count.ts")).handleCount(json, { asked, outgoing, tools });
  else await runCall(exchange, asked, tools, outgoing);
}

/** Only a limited grant's body is looked into. */
function readForAllowance(allowance: Allowance, { bytes }: JsonCall): void {
  allowance.readBody(bytes.length, allowance.readsBody ? (JSON.parse(bytes.toString("utf8")) as JsonObject) : null);
}
