import * as z from "zod";
import { providerIdSchema } from "../schema/provider.ts";
import type { ContractEntry } from "./endpoint.ts";
import { keyInfoSchema, keyNameSchema } from "./keys.ts";

/** A key that was found somewhere, and is left where it is: what it is, and never it itself. */
export const foundKeySchema = z.object({
  /** `environment`, the path of a file, or `text` for what was pasted. */
  place: z.string(),
  /** Its variable; `line 3` where a key stands alone. With the place it names the find. */
  variable: z.string(),
  /** Whose it is; null where nothing says so, and the person has to. */
  provider: z.string().nullable(),
  providerName: z.string().nullable(),
  /** What says whose it is: the variable's name, or how the key begins. */
  by: z.enum(["name", "prefix"]).nullable(),
  lastFour: z.string(),
  /** Whether a key of this provider that ends in the same characters is stored already. */
  isStored: z.boolean(),
  /** The names of the keys that its provider has. */
  taken: z.array(z.string()).readonly(),
  /** Why it cannot be stored; null where it can. */
  problem: z.string().nullable(),
});

/** {@link foundKeySchema}'s values. */
export type FoundKey = z.infer<typeof foundKeySchema>;

/** Somewhere that was looked. */
export const keyPlaceSchema = z.object({
  place: z.string(),
  kind: z.enum(["environment", "file", "text"]),
  state: z.enum(["read", "absent", "unreadable"]),
});

/** {@link keyPlaceSchema}'s values. */
export type KeyPlaceInfo = z.infer<typeof keyPlaceSchema>;

const textSchema = z.string().min(1).max(131_072, "is longer than 128 KiB");

/** Keys that lie about: in variables, in `.env` files, in what a person pasted. They go from there into the vault, not through the window. */
export const keyFindsContract = {
  /**
   * Looks for keys in what was pasted, or, without it, in the environment and in `.env` and `.env.local` of the home folder
   * and the current one. Nothing is changed or stored.
   */
  findKeys: {
    method: "POST",
    path: "/admin/keys-find",
    body: z.strictObject({ text: textSchema.optional() }),
    reply: z.object({ found: z.array(foundKeySchema), places: z.array(keyPlaceSchema) }),
  },
  /** Stores some of what {@link keyFindsContract.findKeys} has found. It is read anew from where it lies, which stays as it is. */
  takeKeys: {
    method: "POST",
    path: "/admin/keys-take",
    body: z.strictObject({
      text: textSchema.optional(),
      picks: z
        .array(
          z.strictObject({
            place: z.string(),
            variable: z.string(),
            provider: providerIdSchema,
            name: keyNameSchema,
            /** Whether a key of this name gives way to it. */
            replace: z.boolean().default(false),
          }),
        )
        .min(1)
        .max(200),
    }),
    reply: z.object({
      keys: z.array(keyInfoSchema),
      /** By their place among the picks, from 0: nothing that was sent comes back. */
      skipped: z.array(z.object({ pick: z.number(), why: z.string() })),
      /** Files that still hold what was taken, in plain text. */
      leftIn: z.array(z.object({ file: z.string(), variables: z.array(z.string()) })),
    }),
  },
} as const satisfies Record<string, ContractEntry>;
