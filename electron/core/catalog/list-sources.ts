import { PosternError } from "#shared/errors.ts";
import type { Config } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { listerOf } from "./sources/index.ts";
import type { Lister } from "./sources/lister.ts";
import { modelsDevList } from "./sources/models-dev.ts";

/** The gateways in the order in which they are asked for a model that nobody was named for. */
export const gatewayOrder: readonly string[] = ["openrouter", "portkey", "featherless", "deepinfra", "chutes"];

/** The gateway that is taken where no list has the model, or an unknown one was named. */
export const defaultGateway = "openrouter";

/** The public list of many providers' models. */
export const modelsDevId = "models.dev";
/** Counts downloads; it lists nothing. */
export const huggingFaceId = "huggingface";

/** Gateways whose list is open to everybody: a key is sent where there is one, since it shows more. */
const openLists: ReadonlySet<string> = new Set(["openrouter"]);

/** Where a list of models comes from, as the configuration has it now. */
export interface ListSource {
  readonly id: string;
  readonly name: string;
  readonly lister: Lister;
  readonly origin: string;
  readonly basePath: string;
  /** Null for a public list. */
  readonly row: ProviderRow | null;
  /** Whether a key belongs to the question: it must, it may, or there is none. */
  readonly key: "needed" | "welcome" | "none";
  /** False: nothing is asked, and what was known is not shown. */
  readonly enabled: boolean;
  /** Before others where it is greater; 0 is never chosen unasked. */
  readonly weight: number;
  readonly ttlMs: number;
}

/** Where a source is, as one text: a list belongs to the address that it came from. */
export function addressOf(source: Pick<ListSource, "origin" | "basePath">): string {
  return source.origin + source.basePath;
}

/** Every source that lists models: the providers in force, and models.dev. */
export function listSources(config: Config): readonly ListSource[] {
  const sources = config.rows.all.flatMap((row) => sourceOf(config, row) ?? []);
  const settings = settingsOf(config, modelsDevId);
  return [
    ...sources,
    {
      id: modelsDevId,
      name: "models.dev",
      lister: modelsDevList,
      ...splitUrl(settings.baseUrl ?? "https://models.dev"),
      row: null,
      key: "none",
      enabled: settings.enabled,
      weight: 0,
      ttlMs: settings.ttlMs,
    },
  ];
}

/** What a provider's row comes to as a source; null where it has no list, or no whole address. */
export function sourceOf(config: Config, row: ProviderRow): ListSource | null {
  if (row.missingOptions.length > 0 || !hasList(row)) return null;
  // Under this name stands who counts downloads; the provider of the same name is at its own address.
  const { baseUrl, ...settings } = settingsOf(config, row.id === huggingFaceId ? "" : row.id);
  const address = baseUrl === null ? (row.dialect === "bedrock-converse" ? controlPlaneOf(row) : row) : splitUrl(baseUrl);
  return {
    id: row.id,
    name: row.name,
    lister: listerOf(row),
    origin: address.origin,
    basePath: address.basePath,
    row,
    key: row.auth === "none" ? "none" : openLists.has(row.id) ? "welcome" : "needed",
    enabled: row.enabled && settings.enabled,
    weight: settings.weight,
    ttlMs: settings.ttlMs,
  };
}

/** Bedrock and Cohere list their models elsewhere than OpenAI does, so that their rows do not offer `/models` to clients. */
function hasList(row: ProviderRow): boolean {
  return row.endpoints.includes("models") || row.dialect === "bedrock-converse" || row.dialect === "cohere-chat";
}

/** Bedrock answers calls at one host and lists its models at another. */
function controlPlaneOf(row: ProviderRow): { readonly origin: string; readonly basePath: string } {
  return { origin: row.origin.replace(/^https:\/\/bedrock-runtime(?=[.-])/, "https://bedrock"), basePath: row.basePath };
}

interface SourceSettings {
  readonly baseUrl: string | null;
  readonly enabled: boolean;
  readonly weight: number;
  readonly ttlMs: number;
}

/** What config.json says about a source; its defaults where it says nothing. */
export function settingsOf(config: Config, id: string): SourceSettings {
  const own = Object.hasOwn(config.catalog.sources, id) ? config.catalog.sources[id] : undefined;
  return {
    baseUrl: own?.baseUrl ?? null,
    enabled: own?.enabled ?? true,
    weight: own?.weight ?? 1,
    ttlMs: (own?.ttlSeconds ?? config.catalog.ttlSeconds) * 1000,
  };
}

/** @throws {PosternError} `invalid_config` for what is no URL; the schema lets none through */
export function splitUrl(text: string): { readonly origin: string; readonly basePath: string } {
  const url = URL.parse(text);
  if (url === null) throw new PosternError("invalid_config", "Cannot use a base URL of the catalog: it is no URL");
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, "") };
}
