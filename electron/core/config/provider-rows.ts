import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ConfigFile, ProviderOverride } from "#shared/schema/config-file.ts";
import { isMetadataHost, type Provider, providerSchema } from "#shared/schema/provider.ts";
import { type ConfigProblem, toProblems } from "./read-config.ts";

/** A provider's row as it is in force: overrides merged in, its base URL's placeholders filled where they could be. */
export interface ProviderRow extends Provider {
  /** Whether calls may go there: not switched off, and accepted if it is a model server on this machine. */
  readonly enabled: boolean;
  /** Scheme, host and port of the base URL: what a stored key is bound to. */
  readonly origin: string;
  /** The base URL's path, without a trailing slash. */
  readonly basePath: string;
  /** Placeholders without a value; the row cannot be called until they have one. */
  readonly missingOptions: readonly string[];
  /** What the placeholders and the signing took, by option name. */
  readonly optionValues: Readonly<Record<string, string>>;
  /** The base URL as it was written, with its placeholders. */
  readonly template: string;
}

/** Every provider in force, by id and by synonym. */
export interface ProviderRows {
  readonly all: readonly ProviderRow[];
  /** Finds a row by its id or a synonym; exact ids come first. */
  find(idOrSynonym: string): ProviderRow | undefined;
}

type RawRow = Record<string, unknown>;

/** Reads the built-in rows, `assets/providers/*.json`, unchecked: a test checks each of them. */
export function readBuiltInRows(assetsFolder: string): ReadonlyMap<string, RawRow> {
  const folder = path.join(assetsFolder, "providers");
  const rows = new Map<string, RawRow>();
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith(".json")) rows.set(file.slice(0, -5), JSON.parse(readFileSync(path.join(folder, file), "utf8")) as RawRow);
  }
  return rows;
}

/**
 * Merges what config.json says about providers into the built-in rows.
 *
 * @returns the rows in force, or what is wrong with the person's own
 */
export function mergeProviderRows(
  builtIn: ReadonlyMap<string, RawRow>,
  config: ConfigFile,
  options: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly locate: (path: readonly PropertyKey[]) => Pick<ConfigProblem, "line" | "column">;
  },
): { readonly rows: ProviderRows; readonly problems: readonly ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const all: ProviderRow[] = [];
  for (const id of new Set([...builtIn.keys(), ...Object.keys(config.providers)])) {
    const override = config.providers[id];
    const { enabled: _enabled, values: _values, ...fields } = override ?? {};
    const merged = { name: id, endpoints: ["chat", "completions", "embeddings", "models"], ...builtIn.get(id), ...fields, id };
    const result = providerSchema.safeParse(merged);
    if (result.success) {
      // An address that only a variable spoils must not keep Postern from starting: the variable is left out then.
      const row = toRow(result.data, override, options.environment) ?? toRow(result.data, override, {});
      if (row === null) problems.push(addressProblem(id, "is no address with the values that its placeholders take"));
      else all.push(row);
    } else {
      for (const issue of result.error.issues) {
        problems.push(...toProblems({ ...issue, path: ["providers", id, ...issue.path] }, options.locate));
      }
    }
  }
  for (const row of all) {
    if (isMetadataHost(URL.parse(row.baseUrl)?.hostname ?? "")) {
      problems.push(addressProblem(row.id, "must not be a link-local or cloud metadata address"));
    }
  }
  return { rows: indexRows(all), problems };

  function addressProblem(id: string, message: string): ConfigProblem {
    const at = ["providers", id, "baseUrl"];
    return { ...options.locate(at), path: at.join("."), message };
  }
}

/** Null where the filled base URL is no URL: `http://{host}/v1` with the host `1.2.3.999`. */
function toRow(
  provider: Provider,
  override: ProviderOverride | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProviderRow | null {
  const optionValues: Record<string, string> = {};
  for (const [name, option] of Object.entries(provider.options)) {
    const fromEnvironment = option.environment
      .map((variable) => environment[variable]?.trim())
      .find((value) => value !== undefined && isPlainValue(value));
    const value = override?.values?.[name] ?? fromEnvironment ?? option.default;
    if (value !== undefined) optionValues[name] = value;
  }
  const filled = fillAddress(provider.baseUrl, optionValues);
  return filled === null
    ? null
    : { ...provider, enabled: override?.enabled ?? !provider.local, template: provider.baseUrl, optionValues, ...filled };
}

/**
 * A row with other values for some of its address's placeholders, as a call may bring them.
 *
 * @returns null where it has no such placeholder, or the address would be none
 */
export function fillRow(row: ProviderRow, values: Readonly<Record<string, string>>): ProviderRow | null {
  if (!Object.keys(values).every((name) => row.template.includes(`{${name}}`)) || !Object.values(values).every(isPlainValue)) return null;
  const optionValues = { ...row.optionValues, ...values };
  const filled = fillAddress(row.template, optionValues);
  return filled === null ? null : { ...row, optionValues, ...filled };
}

/** Nothing that could change what of an address is its host, or lead out of the path that it stands in. */
function isPlainValue(value: string): boolean {
  return /^[\w.-]+$/.test(value) && !/^\.+$/.test(value);
}

function fillAddress(
  template: string,
  optionValues: Readonly<Record<string, string>>,
): Pick<ProviderRow, "baseUrl" | "origin" | "basePath" | "missingOptions"> | null {
  const missingOptions: string[] = [];
  const baseUrl = template
    .replaceAll(/\{([a-z-]+)\}/g, (placeholder, name: string) => {
      const value = optionValues[name];
      if (value === undefined) missingOptions.push(name);
      return value ?? placeholder.slice(1, -1);
    })
    .replace(/\/+$/, "");
  const url = URL.parse(baseUrl);
  if (url === null) return null;
  return { baseUrl, origin: url.origin, basePath: url.pathname.replace(/\/+$/, ""), missingOptions };
}

function indexRows(all: readonly ProviderRow[]): ProviderRows {
  const index = new Map<string, ProviderRow>();
  for (const row of all) for (const synonym of row.synonyms) if (!index.has(synonym)) index.set(synonym, row);
  for (const row of all) index.set(row.id, row);
  return { all, find: (idOrSynonym) => index.get(idOrSynonym) };
}
