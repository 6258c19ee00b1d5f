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

/** A provider's key, as it may be stored. */
export const secretSchema = z
  .string()
  .trim()
  .min(1, "is empty")
  .max(16_384, "is longer than 16 KiB")
  .regex(/^[\x21-\x7e]+$/, "must be one line of visible ASCII characters without spaces");

const keyNameSchema = z.string().regex(/^[\w.-]{1,64}$/, "must be letters, digits and . _ -, at most 64 of them");

/** The providers' keys: they can be written, tested and removed, and never read back. */
export const keysContract = {
  listKeys: { method: "GET", path: "/admin/keys", reply: z.object({ keys: z.array(listedKeySchema) }) },
  addKey: {
    method: "PUT",
    path: "/admin/keys/:provider/:name",
    body: z.strictObject({ secret: secretSchema }),
    reply: keyInfoSchema,
  },
  removeKey: { method: "DELETE", path: "/admin/keys/:provider/:name", reply: z.object({ removed: z.boolean() }) },
  /** Binds a key to where its provider's row points now. */
  bindKey: { method: "POST", path: "/admin/keys/:provider/:name/bind", reply: z.object({ origins: z.array(z.string()) }) },
  /** Asks the provider for its model list with the key. */
  testKey: {
    method: "POST",
    path: "/admin/keys/:provider/:name/test",
    reply: z.object({ works: z.boolean(), words: z.string() }),
  },
  /** Stores the keys that stand among variables, each under its provider's names for them. */
  importKeys: {
    method: "POST",
    path: "/admin/keys-import",
    body: z.strictObject({ name: keyNameSchema, replace: z.boolean(), variables: z.record(z.string(), z.string()) }),
    reply: z.object({ keys: z.array(keyInfoSchema), skipped: z.array(z.object({ provider: z.string(), why: z.string() })) }),
  },
  /** Opens the encrypted file. */
  unlockVault: {
    method: "POST",
    path: "/admin/unlock",
    body: z.strictObject({ passphrase: z.string().min(1) }),
    reply: z.object({ words: z.string() }),
  },
} as const satisfies Record<string, ContractEntry>;

/** The name that a key gets when the person gives it none. */
export const defaultKeyName = "default";

/** A key's name in a path. */
export const keyPathSchema = z.object({ provider: providerIdSchema, name: keyNameSchema });
