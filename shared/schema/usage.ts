import * as z from "zod";

const usdPerMillion = z.number().min(0).max(1_000_000);

/** What the log of calls keeps, and for how long. `meta` feeds the window's rows, the docs and the published JSON Schema. */
export const usageSettingsSchema = z.strictObject({
  retentionDays: z
    .int()
    .min(1)
    .max(36_500)
    .default(365)
    .meta({ title: "Keep calls for", unit: "days", help: "Older calls are forgotten, with their part of every sum." }),
  bodyRetentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(7)
    .meta({ title: "Keep prompts and answers for", unit: "days", help: "Only of tools for which you turned on that they are kept." }),
  bodyMaxBytes: z
    .int()
    .min(1_024)
    .max(16_777_216)
    .default(262_144)
    .meta({ title: "Most that is kept of a prompt or an answer", unit: "bytes", help: "What is longer is cut." }),
  keepBodiesOf: z.array(z.string().min(1).max(200)).default([]).meta({
    title: "Keep prompts and answers of",
    help: "Names of tools, or * for all. Nothing of any call is kept unless you ask for it.",
  }),
  dailyBackups: z
    .int()
    .min(0)
    .max(365)
    .default(7)
    .meta({ title: "Daily copies of the database", help: "So many are kept; 0 makes none. Without one, a damaged database is lost." }),
});

/** {@link usageSettingsSchema}'s values. */
export type UsageSettings = z.infer<typeof usageSettingsSchema>;

/** A model's price as the person knows it: US dollars for a million tokens. It goes before every list. */
export const ownPriceSchema = z.strictObject({
  input: usdPerMillion,
  output: usdPerMillion,
  /** Left out, what a cache gives costs what other input costs. */
  cacheRead: usdPerMillion.optional(),
  cacheWrite: usdPerMillion.optional(),
  /** US dollars for each call, beside its tokens. */
  request: usdPerMillion.optional(),
});

/** {@link ownPriceSchema}'s values. */
export type OwnPrice = z.infer<typeof ownPriceSchema>;

/** By `provider/model`, as the provider names it: `openai/gpt-4o`, `my-vllm/meta-llama/Llama-3.3-70B-Instruct`. */
export const ownPricesSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9._-]*\/\S+$/, 'must be a provider and a model, such as "openai/gpt-4o"'),
  ownPriceSchema,
);
