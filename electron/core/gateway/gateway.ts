import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, PosternError } from "#shared/errors.ts";
import { pathOf } from "#shared/path-of.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { defaultAliasName } from "#shared/schema/settings.ts";
import { mayList } from "#core/access/authorise.ts";
import type { Grant, ToolGrants } from "#core/access/grants.ts";
import { type Caller, type CallerCheck, unauthenticated } from "#core/access/identify-caller.ts";
import type { PermissionRequests } from "#core/access/permission-requests.ts";
import { openRateLimits } from "#core/access/rate-limits.ts";
import type { Spending } from "#core/access/spending.ts";
import { readHead, type RequestHead } from "#core/access/read-head.ts";
import type { Catalog } from "#core/catalog/catalog.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import { debugLog } from "#core/debug.ts";
import { dialectOf, isLoaded, loadDialect } from "#core/dialects/index.ts";
import { openMemories } from "#core/dialects/scoped-memory.ts";
import { dialectOfPath, type EndpointMatch, matchEndpoint } from "#core/endpoints/match-endpoint.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Clock } from "#core/platform.ts";
import type { RouteWorld } from "#core/routing/route-types.ts";
import { Measurements } from "#core/routing/measurements.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { createSigner } from "#core/upstream/sign-outgoing.ts";
import type { CallLog } from "#core/usage/call-log.ts";
import type { CallRecord } from "#core/usage/call-record.ts";
import type { PriceOf } from "#core/usage/cost.ts";
import { toolName } from "#core/usage/tool-name.ts";
import type { Vault } from "#core/vault/vault.ts";
import { admitCaller, wantedBy } from "./admit-caller.ts";
import { createAllowances } from "./allowance.ts";
import type { BodyKeeper } from "./body-keeper.ts";
import { CallsUnderWay } from "./calls-under-way.ts";
import { checkRequestLine } from "./check-request-line.ts";
import { createWorld } from "./create-world.ts";
import { cutOff } from "./cut-off.ts";
import { type Exchange, openExchange } from "./exchange.ts";
import { corsHeaders, guardOrigin } from "./guard-origin.ts";
import { handleCall } from "./handle-call.ts";
import { HelloDispatcher, helloProviderId } from "./hello-model.ts";
import { noteRefusal } from "./note-refusal.ts";
import { openReplyCache } from "./reply-cache.ts";
import { ownHeaders } from "./response-headers.ts";
import { loadLikelySoon } from "./load-spoken.ts";
import type { CallTools } from "./run-call.ts";
import { writeFailure, writeJson } from "./write-failure.ts";

/** What the gateway is made of. */
export interface GatewayParts {
  readonly config: LiveConfig;
  readonly callers: CallerCheck;
  readonly grants: Pick<ToolGrants, "origins" | "onChange" | "onEnd">;
  readonly spending: Spending;
  readonly requests: PermissionRequests;
  readonly vault: Vault;
  readonly connections: Connections;
  readonly catalog: Catalog;
  readonly calls: CallLog;
  readonly priceOf: PriceOf;
  readonly bodies: BodyKeeper;
  readonly clock: Clock;
  /** What `GET /metrics` answers, while so many calls are under way. */
  readonly renderMetrics: (callsUnderWay: number) => string;
}

/** What the listener wants to be told of a request. */
export interface ListenerHooks {
  /** Called before the body is first read, for a client that waits for "100 Continue"; null where it does not wait. */
  readonly beginBody: (() => void) | null;
  /** Called when the answer is out, or the connection is gone. */
  readonly onClose: () => void;
}

/** The gateway behind its listener. */
export interface Gateway {
  /** Answers one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse, hooks: ListenerHooks): void;
  /** The names under which the listener may be called, once its port is known. */
  setHosts(hosts: readonly string[]): void;
  /** From now on new calls get 503. */
  startDraining(): void;
  /** Takes calls again, where a listener was opened anew. */
  stopDraining(): void;
  /** New calls get 503 until then, in milliseconds since 1970; null takes them again. */
  pause(untilMs: number | null): void;
  /** Until when it is paused; null where it is not. */
  readonly pausedUntilMs: number | null;
  /** Calls that have no whole answer yet. */
  readonly underWay: CallsUnderWay;
  /** Loads, a moment later, what a start does not wait for. */
  loadSoon(): void;
  /** Stops a call under way for its person, who knows it by what the log will have of it. @returns whether it was still under way */
  stop(record: CallRecord): boolean;
  /** What its planner looks at, for the dry run. */
  readonly world: RouteWorld<ProviderRow>;
}

const log = debugLog("http");
const longestModelSearchMs = 1_000;

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
  let pausedUntilMs: number | null = null;
  const refreshHosts = (): void => {
    hosts = new Set([...ownHosts, ...live.current.gateway.allowedHosts]);
  };
  live.onChange(refreshHosts);
  /** The web pages that may call with some key. */
  let origins: ReadonlySet<string> = new Set();
  const refreshOrigins = (): void => {
    origins = new Set([...live.current.gateway.allowedOrigins, ...parts.grants.origins]);
  };
  refreshOrigins();
  live.onChange(refreshOrigins);
  parts.grants.onChange(refreshOrigins);
  parts.grants.onEnd((grantId, why) => {
    for (const exchange of underWay.all()) {
      const grant = exchange.allowance?.grant;
      if (grant?.id === grantId && grant.state.ended !== null) cutOff(exchange, why);
    }
  });
  const admission = {
    allowanceOf: createAllowances({
      spending: parts.spending,
      rates: openRateLimits(clock),
      priceOf: parts.priceOf,
      isAlias: (name) => world.findAlias(name) !== undefined,
    }),
    get origins() {
      return live.current.gateway.allowedOrigins;
    },
  };

  const measurements = new Measurements(() => clock.monotonicMs());
  const { world, callableRows } = createWorld({ ...parts, measurements });
  const tools: CallTools = {
    ...parts,
    builtIn,
    sign: createSigner({ connections: parts.connections, nowMs: () => clock.nowMs() }),
    measurements,
    replyCache: openReplyCache(() => clock.nowMs()),
    memories: openMemories(),
    isLocalKey: (credential) => parts.callers.isLocalKey(credential),
    via: `1.1 ${viaName}`,
    world,
    learnModel: async () => {
      const rows = callableRows();
      // With one provider there is nothing to choose: its list would only cost time.
      if (rows.length < 2) return;
      // What takes longer is there for the next call.
      const enough = new AbortController();
      await Promise.race([
        Promise.all(rows.map((row) => parts.catalog.lists.learn(row))),
        clock.wait(longestModelSearchMs, enough.signal).catch(() => {}),
      ]);
      enough.abort();
    },
  };

  function route(exchange: Exchange, match: EndpointMatch): Promise<void> | void {
    const { head } = exchange;
    const caller = parts.callers.identify(head, {
      bringYourOwnKey: live.current.gateway.bringYourOwnKey,
      configHasKeys: head.portkey?.get("config")?.includes('"api_key"') === true,
    });
    exchange.record.grantId = caller.grant?.id ?? null;
    exchange.record.tool = toolName(caller.grant, head.userAgent);
    exchange.record.clientDialect = exchange.dialect.id;
    const namesProvider = head.portkey?.has("provider") === true && exchange.dialect.id === "openai-chat";
    exchange.wanted = wantedBy(match, namesProvider);
    if (head.origin !== null || caller.grant?.kind === "tool") admitCaller(exchange, caller, admission);
    exchange.beginBody?.();
    if (match.kind === "call") return handleCall(exchange, match, caller, tools);
    return routeOther(exchange, match, { caller, namesProvider });
  }

  /** What asks no model for anything. Its code comes with the first such call: each module more makes a start a millisecond longer. */
  async function routeOther(
    exchange: Exchange,
    match: Exclude<EndpointMatch, { kind: "call" }>,
    { caller, namesProvider }: { readonly caller: Caller; readonly namesProvider: boolean },
  ): Promise<void> {
    const rawPath = rawPathOf(match, namesProvider);
    if (rawPath !== null) return (await import("./handle-passthrough.ts")).handlePassthrough(exchange, rawPath, caller, tools);
    if (match.kind === "catalog") return (await import("./serve-catalog.ts")).serveCatalog(exchange, match.catalog, caller, parts.catalog);
    if (match.kind === "metrics") {
      const { serveMetrics } = await import("./serve-metrics.ts");
      // Its own call is under way as well, and tells nobody anything.
      return serveMetrics(exchange, caller, () => parts.renderMetrics(underWay.all().length - 1));
    }
    if (match.kind !== "models" && match.kind !== "model") {
      throw new PosternError("not_found", "Cannot find this path; the gateway's paths begin with /v1, such as /v1/chat/completions");
    }
    if (caller.grant === null) throw unauthenticated("Cannot list models: that needs a local key; send one");
    return answerModels(exchange, match.kind === "model" ? match.id : null, caller.grant);
  }

  async function answerModels(exchange: Exchange, id: string | null, grant: Grant): Promise<void> {
    exchange.request.resume();
    const [{ findModel, listModels }, { writeModel, writeModelList }, { mayBeRouted }] = await Promise.all([
      import("./list-models.ts"),
      import("./write-model-list.ts"),
      import("#core/routing/why-not-routed.ts"),
      parts.catalog.load(),
    ]);
    const chosen = live.current.gateway.defaultAlias === null ? [] : [defaultAliasName];
    const aliases = new Set([...chosen, ...Object.keys(live.current.aliases), ...Object.keys(defaultAliases)]);
    const listed = [...aliases].map((name) => ({ id: name, callable: mayBeRouted(name, world) }));
    const all = await listModels(listed, callableRows(), parts.catalog.lists);
    const entries = grant.kind === "owner" ? all : all.filter((entry) => mayList(grant, entry.id, entry.postern.provider ?? null));
    const dialect = exchange.dialect.id;
    writeJson(exchange, id === null ? writeModelList(entries, dialect) : writeModel(findModel(entries, id), dialect));
  }

  /** Answers what needs no key, and refuses what no key could help; everything else is routed. */
  function answer(exchange: Exchange): Promise<void> | void {
    const { request, head } = exchange;
    const method = request.method ?? "";
    const path = pathOf(request);
    const match = matchEndpoint(method, path);
    const dialect = dialectAsked(match, head, path);
    if (!isLoaded(dialect)) return loadDialect(dialect).then(() => answer(exchange));
    exchange.dialect = dialectOf(dialect);
    guardOrigin(head, { hosts, origins }, match.kind === "greeting");
    checkRequestLine(request, head, viaName);
    if (method === "OPTIONS" && head.origin !== null) return answerPreflight(exchange);
    if (match.kind === "wrong-method") {
      throw new PosternError("method_not_allowed", `Cannot ${method} this path; use ${match.allow}`, { headers: { allow: match.allow } });
    }
    if (match.kind === "greeting") return answerPlainly(exchange, "AI Gateway says hey!", "text/plain; charset=UTF-8");
    if (match.kind === "health") return answerPlainly(exchange, '{"status":"ok"}', "application/json");
    if (draining) {
      throw new PosternError("shutting_down", "Cannot take this call: Postern is shutting down", { headers: { connection: "close" } });
    }
    const pauseEndsMs = pausedUntil();
    if (pauseEndsMs !== null) {
      const seconds = Math.ceil((pauseEndsMs - clock.nowMs()) / 1_000);
      throw new PosternError("paused", "Cannot take this call: Postern is paused; resume it in its tray menu or window", {
        headers: { "retry-after": String(seconds) },
      });
    }
    return route(exchange, match);
  }

  /** What the client speaks. */
  function dialectAsked(match: EndpointMatch, head: RequestHead, path: string): DialectId {
    if (match.kind === "call") return match.endpoint.dialect;
    if (match.kind !== "models" && match.kind !== "model") return dialectOfPath(path);
    // Anthropic's list has the same path as OpenAI's; its clients always say which version of the API they want.
    return head.forwarded.includes("anthropic-version") ? "anthropic-messages" : match.dialect;
  }

  function pausedUntil(): number | null {
    return pausedUntilMs !== null && clock.nowMs() < pausedUntilMs ? pausedUntilMs : null;
  }

  function explain(error: unknown): PosternError {
    if (error instanceof PosternError) return error;
    // A mistake of ours. Its text may quote what it choked on, so only its place is shown.
    log("internal error: %s", error instanceof Error ? error.stack?.split("\n").slice(1, 6).join("\n") : typeof error);
    return new PosternError(
      "internal",
      "Cannot answer this call: Postern made a mistake; run it with DEBUG=postern:* and report what it prints",
    );
  }

  function finish(exchange: Exchange): void {
    underWay.remove(exchange);
    const { record, request } = exchange;
    // Its own person ended it: that is no error, whatever it was in the middle of.
    if (record.errorCode === ("call_stopped" satisfies ErrorCode)) record.ending = "stopped";
    if (log.enabled)
      log("%s %s -> %s %s", request.method, (request.url ?? "").split("?")[0], record.status ?? "-", record.errorCode ?? record.ending);
    if (record.endpoint === null) return;
    record.totalMs = clock.monotonicMs() - exchange.startedAtMs;
    parts.calls.record(record);
  }

  async function handle(exchange: Exchange): Promise<void> {
    underWay.add(exchange);
    try {
      exchange.head = readHead(exchange.request.rawHeaders);
      exchange.record.userAgent = exchange.head.userAgent;
      const { origin } = exchange.head;
      if (origin !== null && origins.has(origin)) exchange.extraHeaders = corsHeaders(origin);
      await answer(exchange);
    } catch (error) {
      const known = explain(error);
      noteRefusal(exchange, known, parts.requests);
      writeFailure(exchange, known);
    } finally {
      finish(exchange);
    }
  }

  return {
    underWay,
    loadSoon: loadLikelySoon,
    world,
    handle(request, response, { beginBody, onClose }) {
      const exchange = openExchange(request, response, { clock, beginBody });
      // Not once: an answer closes once anyhow, and a listener that takes itself out is made and called anew.
      response.on("close", () => {
        exchange.ongoing?.clientLeft();
        onClose();
      });
      void handle(exchange);
    },
    stop(record) {
      const exchange = underWay.all().find((one) => one.record === record);
      if (exchange === undefined) return false;
      cutOff(exchange, new PosternError("call_stopped", "Cannot finish this call: it was stopped in Postern's window, under Activity"));
      return true;
    },
    setHosts(names) {
      ownHosts = names;
      refreshHosts();
    },
    startDraining() {
      draining = true;
    },
    stopDraining() {
      draining = false;
    },
    pause(untilMs) {
      pausedUntilMs = untilMs;
    },
    get pausedUntilMs() {
      return pausedUntil();
    },
  };
}

/** The path that a call is relayed raw under; null for what Postern answers itself. */
function rawPathOf(match: EndpointMatch, namesProvider: boolean): string | null {
  if (match.kind === "passthrough") return match.path;
  if (!namesProvider) return null;
  if (match.kind === "models") return "/models";
  return match.kind === "model" ? `/models/${match.id}` : null;
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

function answerPlainly(exchange: Exchange, body: string, type: string): void {
  const { request, response, extraHeaders } = exchange;
  request.resume();
  response.writeHead(200, [...ownHeaders, ...extraHeaders, "content-type", type, "content-length", String(body.length)]);
  response.end(request.method === "HEAD" ? undefined : body);
}
