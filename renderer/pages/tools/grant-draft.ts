import {
  type Budget,
  type GrantedEndpoint,
  grantNameSchema,
  originSchema,
  type Permissions,
  permissionsSchema,
} from "#shared/schema/grant.ts";

/** When a key ends, as the form offers it. */
export type Expiry = "never" | "kept" | "1" | "7" | "30" | "90";

/** A budget while somebody types it. */
export interface BudgetDraft {
  readonly id: number;
  readonly amount: string;
  readonly unit: Budget["unit"];
  readonly per: Budget["per"];
}

/** The form's state: texts as they were typed. */
export interface GrantDraft {
  readonly name: string;
  readonly models: readonly string[] | null;
  readonly providers: readonly string[];
  readonly endpoints: readonly GrantedEndpoint[] | null;
  readonly budgets: readonly BudgetDraft[];
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  readonly expiry: Expiry;
  readonly origins: readonly string[];
  readonly hosts: readonly string[];
  readonly note: string;
  /** What the form does not show goes back as it came. */
  readonly rest: Permissions;
}

/** Where a draft cannot be taken as it is. */
export type DraftProblem = "name" | "models" | "budgets" | "rate" | "tokenRate" | "origins" | "hosts";

const dayMs = 86_400_000;

/** What a new key may do unless something is said. */
export const openPermissions: Permissions = permissionsSchema.parse({});

/** A draft of what a key may do now. */
export function draftOf(name: string, permissions: Permissions): GrantDraft {
  const { models, providers, endpoints, budgets, requestsPerMinute, tokensPerMinute, expiresAtMs, origins, hosts, note } = permissions;
  return {
    name,
    models,
    providers: providers ?? [],
    endpoints,
    budgets: budgets.map(({ unit, amount, per }, id) => ({ id, amount: String(amount), unit, per })),
    requestsPerMinute: requestsPerMinute === null ? "" : String(requestsPerMinute),
    tokensPerMinute: tokensPerMinute === null ? "" : String(tokensPerMinute),
    expiry: expiresAtMs === null ? "never" : "kept",
    origins,
    hosts,
    note,
    rest: permissions,
  };
}

/** What a draft says: permissions, or what is wrong with it. */
export function readDraft(
  draft: GrantDraft,
  nowMs: number,
): { readonly permissions: Permissions | null; readonly problems: ReadonlySet<DraftProblem> } {
  const problems = new Set<DraftProblem>();
  if (!grantNameSchema.safeParse(draft.name.trim()).success) problems.add("name");
  if (draft.models?.length === 0) problems.add("models");
  const budgets = draft.budgets.map(({ amount, unit, per }) => ({ amount: readAmount(amount), unit, per }));
  if (budgets.some(({ amount }) => amount === null)) problems.add("budgets");
  const requestsPerMinute = readRate(draft.requestsPerMinute);
  const tokensPerMinute = readRate(draft.tokensPerMinute);
  if (requestsPerMinute === undefined) problems.add("rate");
  if (tokensPerMinute === undefined) problems.add("tokenRate");
  if (!draft.origins.every((origin) => originSchema.safeParse(origin).success)) problems.add("origins");
  if (!draft.hosts.every((host) => originSchema.safeParse(host).success)) problems.add("hosts");
  if (problems.size > 0) return { permissions: null, problems };
  const { data } = permissionsSchema.safeParse({
    ...draft.rest,
    models: draft.models,
    providers: draft.providers.length === 0 ? null : draft.providers,
    endpoints: draft.endpoints,
    budgets,
    requestsPerMinute,
    tokensPerMinute,
    expiresAtMs: readExpiry(draft, nowMs),
    origins: draft.origins,
    hosts: draft.hosts,
    note: draft.note,
  });
  return { permissions: data ?? null, problems };
}

function readAmount(text: string): number | null {
  const amount = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && Number.isFinite(amount) && amount > 0 ? amount : null;
}

/** Undefined where it is no whole number above 0; null where nothing is written. */
function readRate(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const rate = Number(text.trim());
  return Number.isInteger(rate) && rate > 0 ? rate : undefined;
}

function readExpiry({ expiry, rest }: GrantDraft, nowMs: number): number | null {
  if (expiry === "never") return null;
  return expiry === "kept" ? rest.expiresAtMs : nowMs + Number(expiry) * dayMs;
}
