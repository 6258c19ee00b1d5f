/** What a model costs: exact decimals of US dollars, for one token, one request or one image; null is unknown, 0 is free. */
export interface ModelPrices {
  readonly input: string | null;
  readonly output: string | null;
  readonly cacheRead: string | null;
  readonly cacheWrite: string | null;
  readonly reasoning: string | null;
  readonly audio: string | null;
  readonly request: string | null;
  readonly image: string | null;
}

/** What one source says about one model at one provider. Everything but the id may be unknown, which is null. */
export interface SourceModel {
  /** The provider's own name for it. */
  readonly id: string;
  readonly name: string | null;
  readonly description: string | null;
  /** Who made it, where the source says so. */
  readonly maker: string | null;
  readonly createdAtSeconds: number | null;
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  /** `text`, `image`, `audio`, `video`, `file`, ... */
  readonly inputModalities: readonly string[] | null;
  /** The same, and `embedding`. */
  readonly outputModalities: readonly string[] | null;
  readonly tools: boolean | null;
  readonly jsonSchema: boolean | null;
  readonly reasoning: boolean | null;
  readonly caching: boolean | null;
  readonly prices: ModelPrices | null;
  readonly quantization: string | null;
  readonly tokenizer: string | null;
  readonly instructType: string | null;
  /** A name that stays when {@link SourceModel.id} moves on to another version. */
  readonly canonicalId: string | null;
  readonly huggingFaceId: string | null;
  /** Whether its weights can be had by anybody. */
  readonly openWeights: boolean | null;
  readonly license: string | null;
  /** `2025-03` or a whole date. */
  readonly knowledgeCutoff: string | null;
  /** The date on which it ends or ended; `deprecated` where only that is said. */
  readonly deprecatedAt: string | null;
}

/** A model of which nothing is known but its name. */
export function bareModel(id: string): SourceModel {
  return {
    id,
    name: null,
    description: null,
    maker: null,
    createdAtSeconds: null,
    contextTokens: null,
    maxOutputTokens: null,
    inputModalities: null,
    outputModalities: null,
    tools: null,
    jsonSchema: null,
    reasoning: null,
    caching: null,
    prices: null,
    quantization: null,
    tokenizer: null,
    instructType: null,
    canonicalId: null,
    huggingFaceId: null,
    openWeights: null,
    license: null,
    knowledgeCutoff: null,
    deprecatedAt: null,
  };
}

/** Prices of which none is known. */
export const noPrices: ModelPrices = {
  input: null,
  output: null,
  cacheRead: null,
  cacheWrite: null,
  reasoning: null,
  audio: null,
  request: null,
  image: null,
};

/** What two sources say together: the second is heard where the first says nothing. */
export function fillGaps(model: SourceModel, other: SourceModel): SourceModel {
  const prices = model.prices === null ? other.prices : other.prices === null ? model.prices : fill(model.prices, other.prices);
  return { ...fill(model, other), prices };
}

function fill<Facts extends object>(facts: Facts, other: Facts): Facts {
  const filled = { ...facts };
  for (const key in filled) if (filled[key] === null) filled[key] = other[key];
  return filled;
}
