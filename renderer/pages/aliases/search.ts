import * as z from "zod";

/** What stands in the URL of the Aliases page behind the question mark. */
export const aliasesSearchSchema = z.object({
  /** Begins a new one: `provider/model` is its first target, and an empty text leaves it to be chosen. */
  new: z.string().max(400).optional(),
  /** What the item is: an alias, where nothing is said. */
  kind: z.enum(["alias", "config"]).optional(),
  /** The name of what a new one is a copy of. */
  copy: z.string().max(128).optional(),
});

/** An alias, which is called as a model, or a saved config, which a header names. */
export type ConfigKind = "alias" | "config";
