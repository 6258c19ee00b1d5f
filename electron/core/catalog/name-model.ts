import { type ModelNames, plainSpelling } from "./model-names.ts";

/** A model's name, taken apart so that spellings of different providers meet. */
export interface ModelName {
  /** `openai`, `meta-llama`; null where neither the name nor the provider tells. */
  readonly maker: string | null;
  /** `llama-3-1-8b-instruct`: without maker, date and variant. */
  readonly bare: string;
  /** `20250929`, of a version that is named by its day. */
  readonly date: string | null;
  /** Maker and name: what the versions of a model have in common. */
  readonly family: string;
}

/** Where a model runs, or a way to be billed: the same model all the same. */
const variantPattern = /:(?:free|beta|extended|thinking|nitro|floor|online|exacto|latest)$/;
const pathPattern = /^(?:models\/|accounts\/[^/]+\/models\/|publishers\/[^/]+\/models\/)/;
/** A day behind a dash or an at sign: `-20250929`, `-2024-08-06`, `@20250929`. */
const datePattern = /[-@](20[2-3]\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])$/;
/** Bedrock's regions of inference profiles, and the version behind a name. */
const regionPattern = /^(?:us|us-gov|eu|apac|ap|au|jp|ca|sa|me|af|il|mx|global)\./;
const revisionPattern = /-v\d+(?::\d+)*(?::[a-z0-9]+)?$/;

/**
 * Takes a model's name apart.
 *
 * @param id the provider's own name, `meta-llama/Meta-Llama-3.1-8B-Instruct` or `us.anthropic.claude-sonnet-4-5-20250929-v1:0`
 * @param provider the provider's id; null for a name of unknown origin
 * @param saidMaker who made it, where the provider's list says so
 */
export function nameModel(id: string, provider: string | null, names: ModelNames, saidMaker: string | null = null): ModelName {
  let rest = id.toLowerCase();
  let maker = saidMaker === null ? null : (names.makerOf(saidMaker.toLowerCase().replaceAll(" ", "-")) ?? null);
  if (rest.startsWith("@")) {
    const slash = rest.indexOf("/");
    const integration = rest.slice(1, slash === -1 ? undefined : slash);
    maker ??= names.makerOf(integration) ?? null;
    rest = rest.slice(slash + 1);
  }
  if (rest.includes("/")) rest = rest.replace(pathPattern, "");
  if (rest.includes(":")) rest = rest.replace(variantPattern, "");
  if (provider !== null && names.hasDottedMakers(provider)) {
    rest = rest.replace(regionPattern, "").replace(revisionPattern, "");
    const dot = rest.indexOf(".");
    if (dot > 0) rest = `${rest.slice(0, dot)}/${rest.slice(dot + 1)}`;
  }
  const slash = rest.lastIndexOf("/");
  if (slash !== -1) {
    const spelling = rest.slice(rest.lastIndexOf("/", slash - 1) + 1, slash);
    maker = names.makerOf(spelling) ?? spelling;
    rest = rest.slice(slash + 1);
  } else if (maker === null && provider !== null) {
    maker = names.madeBy(provider) ?? null;
  }
  // Looked for only where there can be one: thousands of names are taken apart at once.
  const dated = rest.includes("20") ? datePattern.exec(rest) : null;
  if (dated !== null) rest = rest.slice(0, dated.index);
  let bare = plainSpelling(rest);
  if (bare.endsWith("-latest")) bare = bare.slice(0, -"-latest".length);
  if (maker !== null) for (const drop of names.dropsOf(maker)) if (bare.startsWith(drop)) bare = bare.slice(drop.length);
  const family = maker === null ? bare : `${maker}/${bare}`;
  const date = dated === null ? null : `${dated[1]}${dated[2]}${dated[3]}`;
  const target = names.aliasOf(family) ?? (maker === null ? undefined : names.aliasOf(bare));
  if (target === undefined) return { maker, bare, date, family };
  const at = target.indexOf("/");
  return { maker: target.slice(0, at), bare: target.slice(at + 1), date, family: target };
}

/** The date that stands at the end of a name; null where none does. */
export function dateOf(id: string): string | null {
  const match = datePattern.exec(id.toLowerCase());
  return match === null ? null : `${match[1]}${match[2]}${match[3]}`;
}
