import { PosternError } from "#shared/errors.ts";
import type { GrantedEndpoint, Permissions } from "#shared/schema/grant.ts";
import type { Grant, ToolGrant } from "./grants.ts";
import { findGuardedField } from "./guarded-fields.ts";
import { matchAny, matchPattern } from "./match-pattern.ts";

/** What a caller wants to do. */
export type Wanted =
  /** To call a path at all; `origin` is the web page that calls, null for a program. */
  | { readonly kind: "endpoint"; readonly endpoint: GrantedEndpoint; readonly origin: string | null }
  | ({ readonly kind: "target" } & WantedTarget)
  /** To send these fields, in a body or in the parameters of a config of its own. */
  | { readonly kind: "fields"; readonly fields: Readonly<Record<string, unknown>> }
  /** To name this origin as a custom host. */
  | { readonly kind: "host"; readonly origin: string };

/** One target of a route. */
export interface WantedTarget {
  readonly provider: string;
  /** As the provider calls it; null where the call names none. */
  readonly model: string | null;
  /** What the call asked for: all that an error may say, since it tells nothing of what there is. */
  readonly asked: string | null;
  /** Whether an alias has the model's name: then the bare name means the alias, and not a model that happens to be called so. */
  readonly isAliasName: boolean;
  /** The alias or saved config that settles provider and model; null where the call has a say in them. */
  readonly alias: string | null;
  /** Whether a price is known. */
  readonly isPriced: boolean;
}

/** The endpoints whose calls are paid for by the token, so that a budget in US dollars can hold them. */
const pricedByToken: ReadonlySet<string> = new Set<GrantedEndpoint>([
  "chat",
  "completions",
  "embeddings",
  "responses",
  "messages",
  "generate",
  "count-tokens",
  "moderations",
]);

/** Not meant unless they are named. */
const named: ReadonlySet<string> = new Set<GrantedEndpoint>(["passthrough", "metrics"]);

/**
 * Whether a grant allows something: the one function that decides, for every path, every header that brings a key and
 * every field that changes where a call goes or what it costs. Nothing is allocated for the owner.
 *
 * @returns the refusal, or null
 */
export function authorise(grant: Grant, wanted: Wanted): PosternError | null {
  if (grant.kind === "owner") return null;
  if (grant.state.ended !== null) return grant.state.ended;
  switch (wanted.kind) {
    case "endpoint":
      return judgeOrigin(grant, wanted.origin) ?? judgeEndpoint(grant, wanted.endpoint);
    case "target":
      return judgeTarget(grant, wanted);
    case "fields":
      return judgeFields(grant, wanted.fields);
    case "host":
      return grant.permissions.hosts.includes(wanted.origin)
        ? null
        : refuse(grant, "this custom host", `--allow-host ${wanted.origin}`, "x-portkey-custom-host");
    default:
      return wanted satisfies never;
  }
}

/** Whether a grant is bounded in where its calls go or what they cost, so that the guarded fields are closed to it. */
export function isLimited({ models, providers, budgets }: Permissions): boolean {
  return models !== null || providers !== null || budgets.length > 0;
}

/** Whether a list of models may show this entry. @param name `@provider/model`, or an alias */
export function mayList(grant: Grant, name: string, provider: string | null): boolean {
  if (grant.kind === "owner") return true;
  const { models, providers } = grant.permissions;
  if (provider !== null && providers !== null && !matchAny(providers, provider)) return false;
  return models === null || matchAny(models, name) || (provider !== null && matchAny(models, name.slice(provider.length + 2)));
}

/** Whether a name that does not say its provider could be of a model that the grant allows: else nobody needs to look for it. */
export function mayMean(grant: ToolGrant, name: string): boolean {
  const { models } = grant.permissions;
  return models === null || models.some((pattern) => matchPattern(pattern, name) || matchPattern(pattern.replace(/^@[^/]*\//, ""), name));
}

function judgeOrigin(grant: ToolGrant, origin: string | null): PosternError | null {
  if (origin === null || grant.permissions.origins.includes(origin)) return null;
  return new PosternError(
    "origin_not_allowed",
    `Cannot answer this web page: the key of "${grant.name}" does not allow its origin; allow it with "postern grant ${grant.name} --allow-origin ${origin}"`,
  );
}

function judgeEndpoint(grant: ToolGrant, endpoint: GrantedEndpoint): PosternError | null {
  const { endpoints, budgets } = grant.permissions;
  const isAllowed = endpoints === null ? !named.has(endpoint) : endpoints.includes(endpoint);
  if (!isAllowed) return refuse(grant, `the endpoint "${endpoint}"`, `--allow-endpoint ${endpoint}`);
  if (endpoint === "passthrough" && isLimited(grant.permissions))
    return new PosternError(
      "not_granted",
      `Cannot relay this call raw: the key of "${grant.name}" is limited, and what a raw call does nobody can tell; use a key without limits to models, providers and budgets`,
    );
  const isInUsd = budgets.some(({ unit }) => unit === "usd");
  if (isInUsd && !pricedByToken.has(endpoint) && !isFreeToCall(endpoint))
    return new PosternError(
      "not_granted",
      `Cannot call the endpoint "${endpoint}": the key of "${grant.name}" has a budget in US dollars, and what this call costs cannot be told before; give it a budget in tokens instead`,
    );
  return null;
}

/** What Postern answers itself. */
function isFreeToCall(endpoint: GrantedEndpoint): boolean {
  return endpoint === "models" || endpoint === "catalog" || endpoint === "metrics";
}

function judgeTarget(grant: ToolGrant, { provider, model, asked, isAliasName, alias, isPriced }: WantedTarget): PosternError | null {
  const { models, providers, budgets } = grant.permissions;
  if (providers !== null && !matchAny(providers, provider)) return notGranted(grant, asked);
  if (models !== null) {
    const isGranted =
      (alias !== null && matchAny(models, alias)) ||
      (model !== null && ((!isAliasName && matchAny(models, model)) || matchAny(models, `@${provider}/${model}`)));
    if (!isGranted) return notGranted(grant, asked);
  }
  if (isPriced || !budgets.some(({ unit }) => unit === "usd")) return null;
  return new PosternError(
    "not_granted",
    `Cannot use ${quote(asked)}: the key of "${grant.name}" has a budget in US dollars, and no price is known for this model; set one in config.json, under "prices"`,
    { param: "model" },
  );
}

/**
 * The refusal of a model. The same for one that there is and one that there is not, so that nothing can be found out by asking.
 *
 * @param asked what the call asked for
 */
export function notGranted(grant: ToolGrant, asked: string | null): PosternError {
  const { name } = grant;
  const what = asked === null ? "a provider that it does not name" : quote(asked);
  return new PosternError(
    "not_granted",
    `Cannot use ${what}: the key of "${name}" is not granted it; grant it with "postern grant ${name} --allow-model NAME" or "--allow-provider ID", or ask for a model that "GET /v1/models" lists for this key`,
    { param: "model" },
  );
}

function judgeFields(grant: ToolGrant, fields: Readonly<Record<string, unknown>>): PosternError | null {
  if (!isLimited(grant.permissions)) return null;
  const found = findGuardedField(fields, grant.permissions.fields);
  if (found === null) return null;
  return new PosternError(
    "not_granted",
    `Cannot take the field "${found.name}" from the key of "${grant.name}": ${found.why}, and this key is limited; leave it out, or allow it with "postern grant ${grant.name} --allow-field ${found.name}"`,
    { param: found.name },
  );
}

function refuse(grant: ToolGrant, what: string, option: string, param?: string): PosternError {
  return new PosternError(
    "not_granted",
    `Cannot use ${what}: the key of "${grant.name}" is not granted it; grant it with "postern grant ${grant.name} ${option}"`,
    param === undefined ? {} : { param },
  );
}

/** What a caller asked for, short enough for an error. */
function quote(asked: string | null): string {
  if (asked === null) return "this provider";
  return `"${asked.length > 80 ? `${asked.slice(0, 77)}...` : asked}"`;
}
