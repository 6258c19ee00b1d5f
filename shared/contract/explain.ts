import * as z from "zod";
import { aliasNameSchema, storedConfigSchema } from "../schema/routing.ts";
import type { ContractEntry } from "./endpoint.ts";

/** What is asked: a call as it would come. Nothing of it is sent anywhere. */
export const explainQuestionSchema = z.strictObject({
  /** An alias, `@provider/model` or a bare id. */
  model: z.string().min(1).max(256).optional(),
  /** A config, or the name of a saved one. */
  config: z.union([z.string().min(1).max(128), storedConfigSchema]).optional(),
  provider: z.string().min(1).max(64).optional(),
  /** The name of the stored key that it would want. */
  keyName: z.string().min(1).max(128).optional(),
  endpoint: z.enum(["chat", "responses", "messages", "generate", "completions", "embeddings", "rerank"]).default("chat"),
  /** `x-portkey-metadata`, which conditions look at. */
  metadata: z.record(z.string(), z.unknown()).default({}),
  /** Members of the body that conditions look at. */
  params: z.record(z.string(), z.unknown()).default({}),
  /** Request headers by their names in lower case, which sticky draws look at. */
  headers: z.record(z.string().max(128), z.string().max(1_024)).default({}),
  /** An alias or a saved config as it would be, in the place of what is stored under its name: for those who are changing it. */
  draft: z.strictObject({ kind: z.enum(["alias", "config"]), name: aliasNameSchema, config: storedConfigSchema }).optional(),
  needs: z
    .strictObject({
      vision: z.boolean().default(false),
      tools: z.boolean().default(false),
      inputTokens: z.int().min(0).nullable().default(null),
      maxOutputTokens: z.int().min(0).nullable().default(null),
    })
    .optional(),
});

/** {@link explainQuestionSchema}'s values. */
export type ExplainQuestion = z.infer<typeof explainQuestionSchema>;

const explainedTargetSchema = z.object({
  /** 1 for the first that would be tried. */
  order: z.number(),
  /** Where in the config it stands: `config.targets[0]`. */
  optionPath: z.string(),
  provider: z.string(),
  model: z.string().nullable(),
  dialect: z.string(),
  key: z.object({ kind: z.enum(["stored", "own", "none"]), name: z.string().nullable() }),
  customHost: z.string().nullable(),
  when: z.string(),
  retries: z.number(),
  requestTimeoutMs: z.number().nullable(),
  deadlineMs: z.number().nullable(),
  cached: z.boolean(),
  circuit: z.string(),
  /** Millionths of a US dollar for one try; null where the price is unknown. */
  costMicroUsd: z.number().nullable(),
});

/** Where a call would go, in which order, and why. Holds no secret. */
export const explanationSchema = z.object({
  alias: z.string().nullable(),
  decisions: z.array(z.object({ optionPath: z.string(), mode: z.string(), why: z.string() })).readonly(),
  targets: z.array(explainedTargetSchema).readonly(),
  skipped: z
    .array(
      z.object({
        optionPath: z.string(),
        provider: z.string().nullable(),
        model: z.string().nullable(),
        reason: z.string(),
        message: z.string(),
      }),
    )
    .readonly(),
});

/** {@link explanationSchema}'s values. */
export type Explanation = z.infer<typeof explanationSchema>;

/** What the gateway has seen of a model at a provider lately, since it was started. */
export const targetStateSchema = z.object({
  provider: z.string(),
  model: z.string().nullable(),
  /** `closed` lets calls through, `open` passes the target over, `half-open` lets one through to see. */
  circuit: z.enum(["closed", "open", "half-open"]),
  /** Smoothed; null where nothing fresh was measured. */
  firstByteMs: z.number().nullable(),
  /** Until one call may probe; null where the circuit is not open. */
  opensInMs: z.number().nullable(),
});

/** The dry run of routing, and what it looks at. */
export const explainContract = {
  /** Every model that was called, most recently used last. */
  listTargets: { method: "GET", path: "/admin/targets", reply: z.array(targetStateSchema).readonly() },
  explainRoute: { method: "POST", path: "/admin/explain", body: explainQuestionSchema, reply: explanationSchema },
} as const satisfies Record<string, ContractEntry>;
