import * as z from "zod";
import { hostedEndpointSchema, huggingFaceMetricsSchema } from "./model.ts";

/** What {@link modelListSchema}'s flags say of a model, by their bits. */
export const modelFlags = {
  tools: 1,
  json_schema: 2,
  reasoning: 4,
  caching: 8,
  vision: 16,
  /** Its weights can be had. */
  openWeights: 32,
  /** Somebody offers it for nothing. */
  free: 64,
  /** It has ended, or is about to. */
  deprecated: 128,
} as const;

/** No maker, in the column of makers. */
export const noMaker = -1;
/** Nobody says which, in the columns of modalities. */
export const unknownModalities = -1;

const texts = z.array(z.string());
const numbers = z.array(z.number());
const measures = z.array(z.number().nullable());

/**
 * Every model that is known, as columns: ten thousand of them are to be searched by the page itself, at each key. Entry n of each
 * column is of the same model.
 */
export const modelListSchema = z.object({
  /** Who serves models: what {@link modelListSchema}'s offers count by. */
  providers: z.array(z.object({ id: z.string(), name: z.string(), callable: z.boolean() })),
  makers: z.array(z.object({ id: z.string(), name: z.string() })),
  /** What the bits of `takes` and `gives` stand for, the lowest first. */
  modalities: texts,
  models: z.object({
    slugs: texts,
    /** The spelling that most people know; empty where it is the slug. */
    ids: texts,
    /** Empty where it is the id. */
    names: texts,
    /** Places in `makers`, or {@link noMaker}. */
    makers: numbers,
    /** Seconds since 1970. */
    created: measures,
    context: measures,
    max_output: measures,
    /** US dollars for a million tokens, of the offer that costs least. */
    input_prices: measures,
    output_prices: measures,
    cache_read_prices: measures,
    /** Bits of `modalities`, or {@link unknownModalities}. */
    takes: numbers,
    gives: numbers,
    /** Bits of {@link modelFlags}. */
    flags: numbers,
    /** How many of `offers` are each model's; they stand in the same order. */
    offer_counts: numbers,
  }),
  offers: z.object({
    /** Places in `providers`. */
    providers: numbers,
    /** The provider's own name for the model; empty where it is the model's id. */
    ids: texts,
  }),
});

/** {@link modelListSchema}'s values. */
export type ModelList = z.infer<typeof modelListSchema>;

/** The list, unless whoever asks has it already. */
export const modelListAnswerSchema = z.object({
  /** Changes with whatever is in the list. */
  version: z.string(),
  /** Null where the version is the one that was named. */
  list: modelListSchema.nullable(),
});

/** {@link modelListAnswerSchema}'s values. */
export type ModelListAnswer = z.infer<typeof modelListAnswerSchema>;

/** How the calls of this machine to one offer of a model went in the last days. */
export const offerMeasureSchema = z.object({
  gateway: z.string(),
  id: z.string(),
  calls: z.number(),
  /** The part of calls that were not failed by the provider: 0 to 1. */
  availability: z.number(),
  /** Null where no call had an answer. */
  median_first_byte_ms: z.number().nullable(),
  /** While it wrote; null where no answer was long enough to tell. */
  tokens_per_second: z.number().nullable(),
});

/** {@link offerMeasureSchema}'s values. */
export type OfferMeasure = z.infer<typeof offerMeasureSchema>;

/** What is asked about a single model only when somebody looks at it. */
export const modelFiguresSchema = z.object({
  slug: z.string(),
  /** The maker's own site. */
  site: z.string().nullable(),
  hugging_face: huggingFaceMetricsSchema.nullable(),
  /** Who serves it behind a gateway that has several hosts for it. */
  hosted: z.array(z.object({ gateway: z.string(), id: z.string(), hosts: z.array(hostedEndpointSchema).readonly() })).readonly(),
  measured: z.array(offerMeasureSchema).readonly(),
});

/** {@link modelFiguresSchema}'s values. */
export type ModelFigures = z.infer<typeof modelFiguresSchema>;
