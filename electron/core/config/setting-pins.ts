import { PosternError } from "#shared/errors.ts";
import type { ConfigFile } from "#shared/schema/config-file.ts";
import { findSetting, readSettingText, type SettingDefinition, settingDefinitions } from "#shared/schema/setting-list.ts";
import { toProblems } from "./read-config.ts";

/** A setting that somebody other than config.json decides, for as long as this process runs. */
export interface SettingPin {
  readonly section: string;
  readonly name: string;
  readonly value: unknown;
  readonly source: "environment" | "flag";
  /** `POSTERN_PORT`, `--port`: what to take away to be free of it. */
  readonly by: string;
}

/**
 * Reads the settings that the environment and the command line pin. An option goes before a variable; an empty variable pins
 * nothing.
 *
 * @param options.flags by `gateway.port`
 * @throws {PosternError} `invalid_value`, naming the variable or option and what would do; never the value, which may be a secret
 *   that was put into the wrong variable
 */
export function readSettingPins(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: Readonly<Record<string, string>>;
}): readonly SettingPin[] {
  for (const name of Object.keys(options.flags)) {
    const [section = "", ...rest] = name.split(".");
    if (findSetting(section, rest.join(".")) !== undefined) continue;
    throw new PosternError("invalid_value", `Cannot set "${name.slice(0, 80)}": there is no such setting; see the settings in the window`);
  }
  return settingDefinitions.flatMap((definition): SettingPin[] => {
    const flag = options.flags[`${definition.section}.${definition.name}`];
    if (flag !== undefined) return [readPin(definition, { text: flag, source: "flag", by: definition.flag })];
    const variable = options.environment[definition.environment];
    if (variable === undefined || variable.trim() === "") return [];
    return [readPin(definition, { text: variable, source: "environment", by: definition.environment })];
  });
}

/** The configuration with what is pinned in the place of what the file says. */
export function applyPins(config: ConfigFile, pins: readonly SettingPin[]): ConfigFile {
  if (pins.length === 0) return config;
  const sections: Record<string, unknown> = { ...config };
  for (const { section, name, value } of pins) sections[section] = { ...(sections[section] as object), [name]: value };
  return sections as unknown as ConfigFile;
}

function readPin(
  definition: SettingDefinition,
  { text, source, by }: { readonly text: string; readonly source: SettingPin["source"]; readonly by: string },
): SettingPin {
  const { section, name, schema } = definition;
  const result = schema.safeParse(readSettingText(definition, text));
  if (result.success) return { section, name, value: result.data, source, by };
  const [issue] = result.error.issues;
  const [problem] = issue === undefined ? [] : toProblems(issue, () => ({ line: 1, column: 1 }));
  throw new PosternError("invalid_value", `Cannot use ${by} for ${section}.${name}: ${problem?.message ?? "it is not valid"}`);
}
