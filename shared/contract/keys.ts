import * as z from "zod";
import { providerIdSchema } from "../schema/provider.ts";
import type { ContractEntry } from "./endpoint.ts";

/** What may be seen of a stored key: never the key. */
export const keyInfoSchema = z.object({
  provider: z.string(),
  name: z.string(),
  lastFour: z.string(),
  /** Where the key may be sent. */
  origins: z.array(z.string()).readonly(),
  source: z.enum(["keychain", "file", "environment"]),
  createdAtMs: z.number(),
});

/** {@link keyInfoSchema}'s values. */
export type KeyInfo = z.infer<typeof keyInfoSchema>;

/** A key in a list, with whether it waits: its provider's address has changed since it was bound, so it goes nowhere. */
export const listedKeySchema = keyInfoSchema.extend({ waits: z.boolean() });

/** {@link listedKeySchema}'s values. */
export type ListedKey = z.infer<typeof listedKeySchema>;

/**
 * What a test says of a key: it `works`; the provider answered but answers anybody (`open`); it was `refused`; no answer
 * tells (`unclear`); there is nothing that costs nothing to ask for (`untestable`).
 */
export const keyVerdicts = ["works", "open", "refused", "unclear", "untestable"] as const;

/** One of {@link keyVerdicts}. */
export type KeyVerdict = (typeof keyVerdicts)[number];

/** What came of a test; `works` is that nothing speaks against the key. */
export const keyTestSchema = z.object({ works: z.boolean(), verdict: z.enum(keyVerdicts), words: z.string() });

/** {@link keyTestSchema}'s values. */
export type KeyTest = z.infer<typeof keyTestSchema>;

/** All that can be told about a key. */
export const keyDetailSchema = listedKeySchema.extend({
  /** The variable that brings it; null for a stored one. */
  variable: z.string().nullable(),
  /** Whether it is the one that serves where a call names none. */
  serves: z.boolean(),
  /** What the last test or call with it has shown: `untested` where there was none that could. */
  standing: z.enum(["works", "failing", "untested"]),
  /** Since when it stands like that; milliseconds since 1970. */
  sinceMs: z.number().nullable(),
  test: z.object({ atMs: z.number(), verdict: z.enum(keyVerdicts), words: z.string() }).nullable(),
  /** Milliseconds since 1970; null where it never was, or the log no longer says. */
  lastUsedAtMs: z.number().nullable(),
  /** Since the first of this month. */
  month: z.object({
    calls: z.number(),
    errors: z.number(),
    /** Millionths of a US dollar, of the calls whose cost is known; null where it is known of none of them. */
    costMicroUsd: z.number().nullable(),
    unpricedCalls: z.number(),
  }),
  /** Aliases and stored configs that name it. */
  usedBy: z.array(z.string()).readonly(),
});

/** {@link keyDetailSchema}'s values. */
export type KeyDetail = z.infer<typeof keyDetailSchema>;

/** A provider's key, as it may be stored. */
export const secretSchema = z
  .string()
  .trim()
  .min(1, "is empty")
  .max(16_384, "is longer than 16 KiB")
  // A service account's file is a key as a whole, and has spaces; the vault takes out those that mean nothing.
  .regex(/^(?:[\x21-\x7e]+|\{[\s\x21-\x7e]*\})$/, "must be one line of visible ASCII characters without spaces, or a JSON object");

/** A key's name, as it may stand in a path. */
export const keyNameSchema = z.string().regex(/^[\w.-]{1,64}$/, "must be letters, digits and . _ -, at most 64 of them");

/** The providers' keys: they can be written, tested and removed, and never read back. */
export const keysContract = {
  /** Every key, and how the place where keys are kept stands. */
  listKeys: {
    method: "GET",
    path: "/admin/keys",
    reply: z.object({ keys: z.array(keyDetailSchema), vault: z.object({ kind: z.string(), status: z.string(), words: z.string() }) }),
  },
  addKey: {
    method: "PUT",
    path: "/admin/keys/:provider/:name",
    body: z.strictObject({ secret: secretSchema }),
    reply: keyInfoSchema,
  },
  /**
   * Stores a new key (`add`, refused where there is one of this name) or another secret for one that there is (`replace`; the
   * old one is gone then). With `test` it is sent to its provider first, and stored only if nothing speaks against it: `stored`
   * is null where something does, and everything is as it was.
   */
  writeKey: {
    method: "POST",
    path: "/admin/keys/:provider/:name/write",
    body: z.strictObject({ secret: secretSchema, mode: z.enum(["add", "replace"]), test: z.boolean() }),
    reply: z.object({ stored: keyInfoSchema.nullable(), test: keyTestSchema.nullable() }),
  },
  /** Gives a key another name, and its calls in the log with it. Refused where an alias or a stored config names it. */
  renameKey: {
    method: "POST",
    path: "/admin/keys/:provider/:name/rename",
    body: z.strictObject({ to: keyNameSchema }),
    reply: keyInfoSchema,
  },
  /** For good: nobody can bring the secret back. */
  removeKey: { method: "DELETE", path: "/admin/keys/:provider/:name", reply: z.object({ removed: z.boolean() }) },
  /** Binds a key to where its provider's row points now. */
  bindKey: { method: "POST", path: "/admin/keys/:provider/:name/bind", reply: z.object({ origins: z.array(z.string()) }) },
  /** Asks the provider for its model list with the key. */
  testKey: { method: "POST", path: "/admin/keys/:provider/:name/test", reply: keyTestSchema },
  /** Stores the keys that stand among variables, each under its provider's names for them. */
  importKeys: {
    method: "POST",
    path: "/admin/keys-import",
    body: z.strictObject({ name: keyNameSchema, replace: z.boolean(), variables: z.record(z.string(), z.string()) }),
    reply: z.object({ keys: z.array(keyInfoSchema), skipped: z.array(z.object({ provider: z.string(), why: z.string() })) }),
  },
  /** Forgets the secrets that are in memory, and opens nothing until {@link keysContract.unlockVault}. */
  lockVault: { method: "POST", path: "/admin/lock", reply: z.object({ words: z.string() }) },
  /**
   * Opens the encrypted file; where there is none, the passphrase will seal the one that the next key makes. Without a
   * passphrase it only takes {@link keysContract.lockVault} back.
   */
  unlockVault: {
    method: "POST",
    path: "/admin/unlock",
    body: z.strictObject({ passphrase: z.string().min(1).optional() }),
    reply: z.object({ words: z.string() }),
  },
} as const satisfies Record<string, ContractEntry>;

/** The name that a key gets when the person gives it none. */
export const defaultKeyName = "default";

/** A key's name in a path. */
export const keyPathSchema = z.object({ provider: providerIdSchema, name: keyNameSchema });
