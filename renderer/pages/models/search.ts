import * as z from "zod";
import { modelAbilities } from "#shared/schema/model.ts";

/** By what the table can be sorted; the columns' names. */
export const sorts = ["name", "context", "price", "output-price", "created", "offers"] as const;

/** One of {@link sorts}. */
export type ModelSort = (typeof sorts)[number];

const words = z.coerce.string().min(1).max(2_000).optional().catch(undefined);
const amount = z.coerce.number().min(0).optional().catch(undefined);
const flag = z.literal(true).optional().catch(undefined);

/**
 * What of the page stands in the URL: the search, the filters, the order, what is compared. Filters are named as in
 * `GET /catalog/models`; what is one of several stands between commas.
 */
export const modelsSearchSchema = z.object({
  text: z.coerce.string().min(1).max(200).optional().catch(undefined),
  /** Who made it. */
  provider: words,
  /** Who serves it. */
  gateway: words,
  /** What it takes and, behind `->`, gives: `image`, `text+image->text`, `->image`. */
  modality: z
    .string()
    .max(120)
    .regex(/^[a-z+_-]*(->[a-z+_-]*)?$/)
    .optional()
    .catch(undefined),
  capabilities: words,
  min_context: amount,
  /** US dollars for a million tokens. */
  max_price: amount,
  max_output_price: amount,
  free: flag,
  open: flag,
  callable: flag,
  favourites: flag,
  sort: z.enum(sorts).optional().catch(undefined),
  descending: z.boolean().optional().catch(undefined),
  /** Slugs of the models in the tray. */
  compare: words,
  /** Whether they stand side by side. */
  beside: flag,
});

/** {@link modelsSearchSchema}'s values. */
export type ModelsSearch = z.output<typeof modelsSearchSchema>;

/** Changes what stands in the URL. */
export type ChangeSearch = (change: Partial<ModelsSearch>, options?: { readonly isReplacing?: boolean }) => void;

/** The filters, all taken out. */
export const noFilters: Readonly<Partial<ModelsSearch>> = {
  text: undefined,
  provider: undefined,
  gateway: undefined,
  modality: undefined,
  capabilities: undefined,
  min_context: undefined,
  max_price: undefined,
  max_output_price: undefined,
  free: undefined,
  open: undefined,
  callable: undefined,
  favourites: undefined,
};

/** Whether anything but the search text narrows the table. */
export function isFiltered(search: ModelsSearch): boolean {
  return (Object.keys(noFilters) as (keyof ModelsSearch)[]).some((name) => name !== "text" && search[name] !== undefined);
}

/** What stands between commas. */
export function readWords(text: string | undefined): readonly string[] {
  return (text ?? "").split(",").filter((word) => word !== "");
}

/** The other way round; nothing is undefined, which takes it out of the URL. */
export function writeWords(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(",");
}

/** A list with one more, or without it. */
export function toggled(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
}

/** What `modality` asks for: what a model must take, and what it must give. */
export function readModality(text: string | undefined): readonly [takes: readonly string[], gives: readonly string[]] {
  const [takes = "", gives = ""] = (text ?? "").split("->");
  const split = (side: string): readonly string[] => side.split("+").filter((word) => word !== "");
  return [split(takes), split(gives)];
}

/** The other way round. */
export function writeModality(takes: readonly string[], gives: readonly string[]): string | undefined {
  if (takes.length === 0 && gives.length === 0) return undefined;
  return gives.length === 0 ? takes.join("+") : `${takes.join("+")}->${gives.join("+")}`;
}

/** The abilities among some words. */
export function readAbilities(text: string | undefined): readonly (typeof modelAbilities)[number][] {
  const asked = readWords(text);
  return modelAbilities.filter((ability) => asked.includes(ability));
}
