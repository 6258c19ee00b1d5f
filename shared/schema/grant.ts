import * as z from "zod";
import { endpointPaths, type EndpointId } from "./endpoint.ts";

/** What a key may be used for, beside what a model can be asked: the catalog, raw relaying, the figures for a scraper. */
export type GrantedEndpoint = EndpointId | "catalog" | "passthrough" | "metrics";

/** Every {@link GrantedEndpoint}. The last two are never meant unless they are named. */
export const grantedEndpoints = [
  ...(Object.keys(endpointPaths) as (keyof typeof endpointPaths)[]),
  "generate",
  "count-tokens",
  "catalog",
  "passthrough",
  "metrics",
] as const satisfies readonly GrantedEndpoint[];

const visible = /^[\x21-\x7e]+$/;

/** `gpt-4o`, `@openai/*`, `cheap`: a name, in which `*` stands for any characters. */
export const modelPatternSchema = z
  .string()
  .min(1, "is empty")
  .max(256, "is longer than 256 characters")
  .regex(visible, "must be visible ASCII characters without spaces, where * stands for any of them");

/** An origin as a browser writes it: `https://example.com`, `chrome-extension://abc`. */
export const originSchema = z
  .string()
  .max(256, "is longer than 256 characters")
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/, "must be an origin, such as http://127.0.0.1:3000, without a path");

/** The most that may be spent in a calendar day, week (from Monday) or month of this machine's time zone. */
export const budgetSchema = z.strictObject({
  unit: z.enum(["usd", "tokens"]),
  /** US dollars, or tokens of input and output together. */
  amount: z.number().positive("must be more than 0").max(1e12),
  per: z.enum(["day", "week", "month"]),
});

/** {@link budgetSchema}'s values. */
export type Budget = z.infer<typeof budgetSchema>;

const perMinute = z.int().min(1, "must be at least 1").max(1_000_000_000).nullable().default(null);

/** What a tool may do with its key. A list that is null allows everything of its kind. */
export const permissionsSchema = z.strictObject({
  /** Aliases, `@provider/model` names and plain model names; see {@link modelPatternSchema}. */
  models: z.array(modelPatternSchema).max(1_000).nullable().default(null),
  /** Ids of providers, or patterns of them. */
  providers: z.array(modelPatternSchema).max(1_000).nullable().default(null),
  /** Origins that it may name as a custom host. */
  hosts: z.array(originSchema).max(100).default([]),
  /** Web pages that may call with this key. */
  origins: z.array(originSchema).max(100).default([]),
  /** Null: all but `passthrough` and `metrics`. */
  endpoints: z.array(z.enum(grantedEndpoints)).nullable().default(null),
  /** Body fields that change where a call goes or what it costs, such as `service_tier`, which a limited key may send all the same. */
  fields: z
    .array(z.string().regex(/^\w{1,64}$/, "must be the name of a field"))
    .max(100)
    .default([]),
  budgets: z.array(budgetSchema).max(6).default([]),
  requestsPerMinute: perMinute,
  tokensPerMinute: perMinute,
  /** Milliseconds since 1970; null: never. */
  expiresAtMs: z.number().min(0).nullable().default(null),
  paused: z.boolean().default(false),
  note: z.string().max(1_000).default(""),
});

/** {@link permissionsSchema}'s values. */
export type Permissions = z.output<typeof permissionsSchema>;

/** What a tool is called: what a person types. */
export const grantNameSchema = z.string().regex(/^[\w.-]{1,64}$/, "must be letters, digits and . _ -, at most 64 of them");
