import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PosternError } from "#shared/errors.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { CallerCheck } from "#core/access/identify-caller.ts";
import { type RequestHead, readHead } from "#core/access/read-head.ts";
import { isLoopback } from "#core/catalog/find-local-servers.ts";
import type { ModelLists } from "#core/catalog/model-lists.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { debugLog } from "#core/debug.ts";
import { type EndpointMatch, matchEndpoint } from "#core/endpoints/match-endpoint.ts";
import type { Clock } from "#core/platform.ts";
import type { RouteWorld } from "#core/routing/plan-route.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { CallLog } from "#core/usage/call-log.ts";
import { missingKeyError, unknownKeyNameError } from "#core/vault/missing-key.ts";
import type { Vault } from "#core/vault/vault.ts";
import { CallsUnderWay } from "./calls-under-way.ts";
import type { Exchange } from "./exchange.ts";
import { corsHeaders, guardOrigin } from "./guard-origin.ts";
import { type CallTools, handleCall, handlePassthrough } from "./handle-call.ts";
import { HelloDispatcher, helloProviderId, helloRow } from "./hello-model.ts";
import { findModel, listModels } from "./list-models.ts";
import { ownHeaders } from "./response-headers.ts";
import { writeFailure, writeJson } from "./write-failure.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  readonly config: LiveConfig;
  readonly callers: CallerCheck;
  readonly vault: Vault;
  readonly connections: Connections;
  readonly models: ModelLists;
  readonly calls: CallLog;
  readonly clock: Clock;
}

/** The gateway behind its listener. */
export interface Gateway {
  /** Answers one request. Never throws; `beginBody` is called before the body is first read. */
  handle(request: IncomingMessage, response: ServerResponse, beginBody?: () => void): void;
  /** The names under which the listener may be called, once its port is known. */
  setHosts(hosts: readonly string[]): void;
  /** From now on new calls get 503. */
  startDraining(): void;
  /** Calls that have no whole answer yet. */
  readonly underWay: CallsUnderWay;
}

const log = debugLog("http");
const longestUrl = 8_192;

/** Joins the parts into the hot path: guard, identify, read, plan, attempt, pump, record. */
export function createGateway(parts: GatewayParts): Gateway {
  const { clock, config: live } = parts;
  const underWay = new CallsUnderWay();
  const builtIn = { providerId: helloProviderId, dispatcher: new HelloDispatcher() };
  // Random for each run, so that it tells a call that came back from one through another instance, and nothing else.
  const viaName = `postern-${randomBytes(6).toString("hex")}`;
  let ownHosts: readonly string[] = [];
  let hosts: ReadonlySet<string> = new Set();
  let draining = false;
  const refreshHosts = (): void => {
    hosts = new Set([...ownHosts, ...live.current.gateway.allowedHosts]);
  };
  live.onChange(refreshHosts);

  const world: RouteWorld<ProviderRow> = {
    findRow: (id) => (id === helloProviderId ? helloRow : live.current.rows.find(id)),
    findAlias: (name) => own(live.current.aliases, name) ?? own(defaultAliases, name),
    findConfig: (name) => own(live.current.configs, name),
    hasKey: (provider, keyName) => {
      if (keyName === null) return parts.vault.has(provider);
      return parts.vault.list().some((credential) => credential.provider === provider && credential.name === keyName);
    },
    explainMissingKey: (provider, keyName) => {
      const names = parts.vault.list().flatMap((credential) => (credential.provider === provider ? [credential.name] : []));
      return keyName === null ? missingKeyError(provider, live.current.rows.find(provider)) : unknownKeyNameError(provider, keyName, names);
    },
    providerOfKey: (keyName) => {
      const owners = new Set(parts.vault.list().flatMap((credential) => (credential.name === keyName ? [credential.provider] : [])));
      return owners.size === 1 ? ([...owners][0] ?? null) : null;
    },
    allowsHost: (origin) => isLoopback(origin),
    servedBy: (model) => parts.models.servedBy(model, callableRows()),
  };

  function callableRows(): readonly ProviderRow[] {
    return live.current.rows.all.filter(
      (row) =>
        row.enabled && row.missingOptions.length === 0 && (row.auth === "none" ? row.local || isOwnRow(row) : parts.vault.has(row.id)),
    );
  }

  /** A keyless row that the person wrote: built-in keyless ones are asked only when they are named. */
  function isOwnRow(row: ProviderRow): boolean {
    return Object.hasOwn(live.current.providers, row.id);
  }

  const tools: CallTools = {
    ...parts,
    builtIn,
    via: `1.1 ${viaName}`,
    world,
    learnModel: async () => {
      const rows = callableRows();
      // With one provider there is nothing to choose: its list would only cost time.
      if (rows.length > 1) await Promise.all(rows.map((row) => parts.models.list(row)));
    },
  };

  async function listAll(): Promise<Awaited<ReturnType<typeof listModels>>> {
    const aliases = new Set([...Object.keys(live.current.aliases), ...Object.keys(defaultAliases)]);
    return listModels([...aliases], callableRows(), parts.models);
  }

  async function route(exchange: Exchange, match: EndpointMatch, beginBody: () => void): Promise<void> {
    const { head, request } = exchange;
    if (draining)
      throw new PosternError("shutting_down", "Cannot take this call: Postern is shutting down", { headers: { connection: "close" } });
    const caller = parts.callers.identify(head, {
      bringYourOwnKey: live.current.gateway.bringYourOwnKey,
      configHasKeys: head.portkey?.get("config")?.includes('"api_key"') === true,
    });
    exchange.record.grantId = caller.grant?.id ?? null;
    beginBody();
    if (match.kind === "call") return handleCall(exchange, match.endpoint, caller, tools);
    if (match.kind === "passthrough") return handlePassthrough(exchange, match.path, caller, tools);
    if (match.kind === "models" && head.portkey?.has("provider") === true) return handlePassthrough(exchange, "/models", caller, tools);
    if (match.kind === "models" || match.kind === "model") {
      if (caller.grant === null)
        throw new PosternError("invalid_api_key", "Cannot list models: that needs a local key; send one", {
          headers: { "www-authenticate": "Bearer" },
        });
      request.resume();
      const entries = await listAll();
      writeJson(exchange, match.kind === "model" ? findModel(entries, match.id) : { object: "list", data: entries });
      return;
    }
    throw new PosternError("not_found", `Cannot find this path; the gateway's paths begin with /v1, such as /v1/chat/completions`);
  }

  async function answer(exchange: Exchange, beginBody: () => void): Promise<void> {
    const { request, response, head } = exchange;
    const url = request.url ?? "";
    const path = url.split("?", 1)[0] as string;
    const match = matchEndpoint(request.method ?? "", path);
    guardOrigin(head, { hosts, origins: live.current.gateway.allowedOrigins }, match.kind === "greeting");
    checkRequestLine(request, head, viaName);
    if (request.method === "OPTIONS" && head.origin !== null) return answerPreflight(exchange);
    if (match.kind === "wrong-method")
      throw new PosternError("method_not_allowed", `Cannot ${request.method ?? ""} this path; use ${match.allow}`, {
        headers: { allow: match.allow },
      });
    if (match.kind === "greeting" || match.kind === "health") {
      request.resume();
      exchange.record.endpoint = null;
      const body = match.kind === "health" ? '{"status":"ok"}' : "AI Gateway says hey!";
      const type = match.kind === "health" ? "application/json" : "text/plain; charset=UTF-8";
      response.writeHead(200, [...ownHeaders, ...exchange.extraHeaders, "content-type", type, "content-length", String(body.length)]);
      response.end(request.method === "HEAD" ? undefined : body);
      return;
    }
    await route(exchange, match, beginBody);
  }

  return {
    underWay,
    handle(request, response, beginBody = () => {}) {
      let exchange = openExchange(request, response, emptyHead, clock);
      let isCall = false;
      const work = async (): Promise<void> => {
        const head = readHead(request.rawHeaders);
        exchange = {
          ...exchange,
          head,
          extraHeaders: live.current.gateway.allowedOrigins.includes(head.origin ?? "") ? corsHeaders(head) : [],
        };
        exchange.record.userAgent = head.userAgent;
        underWay.add(exchange);
        await answer(exchange, () => {
          isCall = true;
          beginBody();
        });
      };
      void work()
        .catch((error: unknown) => {
          if (error instanceof PosternError) {
            if (error.code !== "client_closed") writeFailure(exchange, error);
            else exchange.record.ending = "client_closed";
            return;
          }
          // A mistake of ours. Its text may quote what it choked on, so only its place is shown.
          log("internal error: %s", error instanceof Error ? error.stack?.split("\n").slice(1, 6).join("\n") : typeof error);
          writeFailure(
            exchange,
            new PosternError(
              "internal",
              "Cannot answer this call: Postern made a mistake; run it with DEBUG=postern:* and report what it prints",
            ),
          );
        })
        .finally(() => {
          underWay.remove(exchange);
          const { record } = exchange;
          if (log.enabled)
            log(
              "%s %s -> %s %s",
              request.method,
              (request.url ?? "").split("?")[0],
              record.status ?? "-",
              record.errorCode ?? record.ending,
            );
          if (!isCall || record.endpoint === null) return;
          record.totalMs = clock.monotonicMs() - exchange.startedAtMs;
          parts.calls.record(record);
        });
    },
    setHosts(names) {
      ownHosts = names;
      refreshHosts();
    },
    startDraining() {
      draining = true;
    },
  };
}

/** What node:http lets through although RFC 9112 does not. */
function checkRequestLine(request: IncomingMessage, head: RequestHead, viaName: string): void {
  const url = request.url ?? "";
  if (url.length > longestUrl)
    throw new PosternError("uri_too_long", `Cannot take this request: its URL is longer than ${longestUrl} characters`);
  if (!url.startsWith("/") && !(request.method === "OPTIONS" && url === "*"))
    throw new PosternError("invalid_http", "Cannot take this request: its target is not a path");
  if (request.method === "TRACE" || request.method === "CONNECT")
    throw new PosternError("method_not_allowed", `Cannot ${request.method} anything here`, { headers: { allow: "GET, POST, DELETE" } });
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && (request.httpVersion === "1.0" || coding.toLowerCase() !== "chunked")) {
    throw new PosternError("invalid_http", "Cannot take this request: its Transfer-Encoding is not chunked, in HTTP/1.1");
  }
  if (head.via?.includes(viaName) === true) {
    throw new PosternError(
      "loop_detected",
      "Cannot route this call: it came back to the Postern that sent it; check the provider's base URL",
    );
  }
}

function answerPreflight(exchange: Exchange): void {
  const { request, response, extraHeaders } = exchange;
  const asked = request.headers["access-control-request-headers"];
  const names = typeof asked === "string" && /^[\w ,-]{1,2048}$/.test(asked) ? asked : "authorization, content-type";
  request.resume();
  response.writeHead(204, [
    ...ownHeaders,
    ...extraHeaders,
    "access-control-allow-methods",
    "GET, POST, DELETE",
    "access-control-allow-headers",
    names,
    "access-control-allow-private-network",
    "true",
    "access-control-max-age",
    "600",
  ]);
  response.end();
}

const emptyHead: RequestHead = readHead([]);

function openExchange(request: IncomingMessage, response: ServerResponse, head: RequestHead, clock: Clock): Exchange {
  return {
    request,
    response,
    head,
    startedAtMs: clock.monotonicMs(),
    extraHeaders: [],
    interrupt: null,
    slot: -1,
    record: {
      startedAtMs: clock.nowMs(),
      endpoint: null,
      grantId: null,
      userAgent: null,
      alias: null,
      provider: null,
      modelAsked: null,
      modelServed: null,
      keyName: null,
      status: null,
      errorCode: null,
      ending: "refused",
      streamed: null,
      attempts: [],
      firstByteMs: null,
      totalMs: null,
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      reasoningTokens: null,
      requestBytes: null,
      responseBytes: null,
      traceId: null,
    },
  };
}

function own(record: Readonly<Record<string, StoredConfig>>, name: string): StoredConfig | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
