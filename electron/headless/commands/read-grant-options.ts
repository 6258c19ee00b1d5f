import { type Budget, grantedEndpoints, type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, type CommandInput, textOption } from "./command.ts";

/** The options that say what a tool may do. */
export const grantOptions = {
  "allow-model": { type: "string", multiple: true },
  "allow-provider": { type: "string", multiple: true },
  "allow-host": { type: "string", multiple: true },
  "allow-origin": { type: "string", multiple: true },
  "allow-endpoint": { type: "string", multiple: true },
  "allow-field": { type: "string", multiple: true },
  budget: { type: "string", multiple: true },
  rate: { type: "string", multiple: true },
  expires: { type: "string" },
  note: { type: "string" },
  pause: { type: "boolean" },
  resume: { type: "boolean" },
} as const satisfies Command["options"];

const unlessNamed: readonly string[] = ["passthrough", "metrics"];

/**
 * What a tool may do, with what the options say added to what it may do already.
 *
 * @param nowMs what "--expires 30d" counts from
 * @throws {ExitError} 2, with the option and what would do
 */
export function readGrantOptions(input: CommandInput, before: Permissions, nowMs: number): Permissions {
  const rates = listOption(input, "rate").map(readRate);
  const expires = textOption(input, "expires");
  const isPaused = input.values["pause"] === true || (before.paused && input.values["resume"] !== true);
  const result = permissionsSchema.safeParse({
    models: added(before.models, listOption(input, "allow-model")),
    providers: added(before.providers, listOption(input, "allow-provider")),
    hosts: added(before.hosts, listOption(input, "allow-host")),
    origins: added(before.origins, listOption(input, "allow-origin")),
    endpoints: addedEndpoints(before.endpoints, listOption(input, "allow-endpoint")),
    fields: added(before.fields, listOption(input, "allow-field")),
    budgets: addedBudgets(before.budgets, listOption(input, "budget").map(readBudget)),
    requestsPerMinute: rates.findLast(({ unit }) => unit === "calls")?.amount ?? before.requestsPerMinute,
    tokensPerMinute: rates.findLast(({ unit }) => unit === "tokens")?.amount ?? before.tokensPerMinute,
    expiresAtMs: expires === undefined ? before.expiresAtMs : readExpiry(expires, nowMs),
    paused: isPaused,
    note: textOption(input, "note") ?? before.note,
  });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ExitError(2, `Cannot use these options: ${issue?.path.map(String).join(".") ?? ""} ${issue?.message ?? "is not valid"}`);
}

function listOption(input: CommandInput, name: string): string[] {
  const value = input.values[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function added<Before extends readonly string[] | null>(before: Before, more: readonly string[]): Before | string[] {
  return more.length === 0 ? before : [...new Set([...(before ?? []), ...more])];
}

/** `passthrough` and `metrics` come beside all others, which then are written out; any other limits the key to what is named. */
function addedEndpoints(before: Permissions["endpoints"], more: readonly string[]): readonly string[] | null {
  if (before !== null || more.some((one) => !unlessNamed.includes(one))) return added(before, more);
  return more.length === 0 ? null : [...grantedEndpoints.filter((one) => !unlessNamed.includes(one)), ...more];
}

/** A budget replaces one of the same kind. */
function addedBudgets(before: readonly Budget[], more: readonly Budget[]): Budget[] {
  const kept = new Map(before.map((budget) => [`${budget.unit}/${budget.per}`, budget]));
  for (const budget of more) kept.set(`${budget.unit}/${budget.per}`, budget);
  return [...kept.values()];
}

function readBudget(text: string): Budget {
  const [, dollars, amount, tokens, per] = /^(\$)?(\d+(?:\.\d+)?)\s*(?:(k|m)?\s*t(?:okens?)?)?\/(day|week|month)$/i.exec(text) ?? [];
  const isTokens = /t(?:okens?)?\//i.test(text);
  if (amount === undefined || per === undefined || (isTokens && dollars !== undefined)) {
    throw new ExitError(
      2,
      `Cannot use --budget ${text.slice(0, 40)}: write 5/day for US dollars, or 200000tokens/month; day, week or month`,
    );
  }
  const factor = tokens === undefined ? 1 : tokens.toLowerCase() === "k" ? 1_000 : 1_000_000;
  return { unit: isTokens ? "tokens" : "usd", amount: Number(amount) * factor, per: per.toLowerCase() as Budget["per"] };
}

function readRate(text: string): { readonly unit: "calls" | "tokens"; readonly amount: number } {
  const [, amount, tokens] = /^(\d+)\s*(t(?:okens?)?)?\/min(?:ute)?$/i.exec(text) ?? [];
  if (amount === undefined) throw new ExitError(2, `Cannot use --rate ${text.slice(0, 40)}: write 60/min for calls, or 100000tokens/min`);
  return { unit: tokens === undefined ? "calls" : "tokens", amount: Number(amount) };
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function readExpiry(text: string, nowMs: number): number | null {
  if (text === "never") return null;
  const [, amount, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return nowMs + Number(amount) * (unitMs[unit] ?? 0);
  const dateMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(dateMs)) return dateMs;
  throw new ExitError(2, `Cannot use --expires ${text.slice(0, 40)}: write 30m, 12h, 30d, 4w, a date such as 2027-01-31, or never`);
}
