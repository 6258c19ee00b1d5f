import { PosternError } from "#shared/errors.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { emptyCall } from "#core/routing/empty-call.ts";
import type { CallInputs, ModelFacts, RouteCall, RouteRow, RouteWorld, TargetHealth } from "#core/routing/route-types.ts";

/** A provider's row as the planner sees it, a plain one unless the fields say otherwise. */
export function routeRow(id: string, fields: Partial<RouteRow> = {}): RouteRow {
  return {
    id,
    auth: "bearer",
    dialect: "openai-chat",
    endpoints: ["chat"],
    quirks: { responsesOnly: [] },
    enabled: true,
    local: false,
    missingOptions: [],
    ...fields,
  };
}

/** Rows that differ in what the planner looks at. */
export const routeRows: readonly RouteRow[] = [
  routeRow("openai", { endpoints: ["chat", "responses"] }),
  routeRow("anthropic", { auth: "x-api-key", dialect: "anthropic-messages", endpoints: ["chat", "messages"] }),
  ...["deepinfra", "groq", "portkey", "together-ai", "openrouter", "google-ai"].map((id) => routeRow(id)),
  routeRow("ollama", { auth: "none", local: true, enabled: false }),
  routeRow("lm-studio", { auth: "none", local: true }),
  routeRow("azure-openai", { missingOptions: ["resource"] }),
  routeRow("bedrock", { auth: "aws-sigv4", dialect: "bedrock-converse" }),
];

/** What a {@link routeWorld} knows. */
export interface WorldFacts {
  /** By provider, the names of its keys. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  readonly aliases?: Readonly<Record<string, CallConfig>>;
  readonly configs?: Readonly<Record<string, CallConfig>>;
  readonly served?: Readonly<Record<string, string>>;
  /** A provider's own name of a model, by another spelling. */
  readonly ids?: Readonly<Record<string, string>>;
  /** By `provider model`. */
  readonly facts?: Readonly<Record<string, Partial<ModelFacts>>>;
  readonly health?: Partial<TargetHealth>;
  readonly random?: () => number;
  readonly nowMs?: () => number;
}

/** A world with a few keys, in which nothing was measured and every draw takes the first. */
export function routeWorld(facts: WorldFacts = {}): RouteWorld<RouteRow> {
  const keys = facts.keys ?? { openai: ["default", "work"], deepinfra: ["default"], groq: ["spare"], "azure-openai": ["default"] };
  const aliases: Record<string, CallConfig> = { ...defaultAliases, ...facts.aliases };
  return {
    findRow: (id) => routeRows.find((row) => row.id === (id === "google" ? "google-ai" : id)),
    findAlias: (name) => (Object.hasOwn(aliases, name) ? aliases[name] : undefined),
    findConfig: (name) => (facts.configs !== undefined && Object.hasOwn(facts.configs, name) ? facts.configs[name] : undefined),
    hasKey: (provider, name) => (name === null ? (keys[provider] ?? []).length > 0 : (keys[provider] ?? []).includes(name)),
    explainMissingKey: (provider) => new PosternError("provider_key_missing", `Provider API key not configured for ${provider}`),
    providerOfKey: (name) => Object.keys(keys).find((provider) => keys[provider]?.includes(name) === true) ?? null,
    allowsHost: (origin) => origin.startsWith("http://127.0.0.1"),
    servedBy: (model) => facts.served?.[model] ?? null,
    idAt: (_provider, name) => facts.ids?.[name] ?? null,
    withValues: (row, values) => ({ ...row, missingOptions: row.missingOptions.filter((name) => values[name] === undefined) }),
    factsOf: (provider, model) => {
      const known = facts.facts?.[`${provider} ${model}`];
      return known === undefined ? null : { contextTokens: null, vision: null, tools: null, price: null, ...known };
    },
    health: {
      circuit: (key, settings) => facts.health?.circuit?.(key, settings) ?? "closed",
      firstByteMs: (key) => facts.health?.firstByteMs?.(key) ?? null,
      report: () => [],
    },
    random: facts.random ?? (() => 0),
    nowMs: facts.nowMs ?? (() => 0),
  };
}

/** What a call brings that conditions look at: nothing, unless it is said. */
export function callInputs(
  fields: {
    readonly metadata?: Record<string, unknown>;
    readonly params?: Record<string, unknown>;
    readonly headers?: Record<string, string>;
  } = {},
): CallInputs {
  return {
    metadata: fields.metadata ?? {},
    pathname: "/v1/chat/completions",
    param: (name) => fields.params?.[name],
    header: (name) => fields.headers?.[name] ?? null,
  };
}

/** A chat call with a local key, unless the fields say otherwise. */
export function routeCall(fields: Partial<RouteCall> = {}): RouteCall {
  return { ...emptyCall, inputs: callInputs(), ...fields };
}
