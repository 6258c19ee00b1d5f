import * as z from "zod";
import { baseUrlSchema, providerIdSchema } from "./provider.ts";

/** The names of aliases and saved configs. */
export const aliasNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:/-]{0,127}$/, "must begin with a letter or digit and hold only letters, digits and . _ : / -");

const retrySchema = z.strictObject({
  /** How often a failed call is tried again at the same target. */
  attempts: z.int().min(0).max(10),
  /** Which statuses are worth another try; default 429, 500, 502, 503, 504. */
  on_status_codes: z.array(z.int().min(100).max(599)).optional(),
  /** Taken for Portkey's sake: Postern always waits as long as the provider asks, up to a minute. */
  use_retry_after_header: z.boolean().optional(),
});

const strategySchema = z.strictObject({
  mode: z.enum(["single", "fallback"], {
    error: (issue) => `must be "single" or "fallback", found ${JSON.stringify(issue.input)}`,
  }),
  /** Fallback only: which statuses move on to the next target; default: any failure. */
  on_status_codes: z.array(z.int().min(100).max(599)).optional(),
});

/** What every node of a routing config may say, whether it is stored or comes with a call. */
const nodeFields = {
  name: z.string().optional(),
  provider: providerIdSchema.optional(),
  /** Short for `override_params.model`. */
  model: z.string().min(1).max(256).optional(),
  /** The name of a stored key. */
  virtual_key: z.string().min(1).max(128).optional(),
  override_params: z.record(z.string(), z.json()).optional(),
  retry: retrySchema.optional(),
  /** Milliseconds until the answer's headers. */
  request_timeout: z.int().min(1).max(86_400_000).optional(),
  strategy: strategySchema.optional(),
};

/** A routing config as config.json may hold it: an alias or a saved config. Holds no secret. */
export interface StoredConfig extends z.infer<z.ZodObject<typeof nodeFields>> {
  targets?: StoredConfig[] | undefined;
}

/** A routing config as a call may bring it: the same, with the caller's own key and host. */
export interface CallConfig extends z.infer<z.ZodObject<typeof nodeFields>> {
  api_key?: string | undefined;
  custom_host?: string | undefined;
  targets?: CallConfig[] | undefined;
}

interface NodeLike {
  provider?: unknown;
  model?: unknown;
  virtual_key?: unknown;
  retry?: unknown;
  request_timeout?: unknown;
  targets?: unknown[] | undefined;
  strategy?: unknown;
}

function checkNode(node: NodeLike, context: z.core.$RefinementCtx): void {
  const isLeaf = node.targets === undefined;
  if (isLeaf && node.strategy !== undefined) {
    context.addIssue({ code: "custom", path: ["strategy"], message: 'needs "targets" beside it' });
  }
  const isEmpty = node.provider === undefined && node.model === undefined && node.virtual_key === undefined && node.retry === undefined;
  if (isLeaf && isEmpty && node.request_timeout === undefined) {
    context.addIssue({ code: "custom", message: 'must name a "provider", a "model", or "targets"' });
  }
  if (!isLeaf && node.strategy === undefined) {
    context.addIssue({
      code: "custom",
      path: ["strategy"],
      message: 'is missing beside "targets"; { "mode": "fallback" } tries them in order',
    });
  }
}

/** {@link StoredConfig}, strict: a secret or a misspelt field is refused with its path. */
export const storedConfigSchema: z.ZodType<StoredConfig> = z.lazy(() =>
  z.strictObject({ ...nodeFields, targets: z.array(storedConfigSchema).min(1).max(64).optional() }).superRefine(checkNode),
);

/** {@link CallConfig}, strict. */
export const callConfigSchema: z.ZodType<CallConfig> = z.lazy(() =>
  z
    .strictObject({
      ...nodeFields,
      api_key: z.string().min(1).max(16_384).optional(),
      custom_host: baseUrlSchema.optional(),
      targets: z.array(callConfigSchema).min(1).max(64).optional(),
    })
    .superRefine(checkNode),
);
