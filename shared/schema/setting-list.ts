import * as z from "zod";
import { configFileSchema } from "./config-file.ts";
import { type SettingGroup, settingGroups } from "./setting-groups.ts";

/** Where the settings of a section stand, unless their `meta` says otherwise. */
const groupOfSection: Readonly<Record<string, SettingGroup>> = {
  appearance: "appearance",
  catalog: "models",
  chat: "chat",
  chats: "privacy",
  desktop: "general",
  discovery: "models",
  favourites: "chat",
  gateway: "gateway",
  network: "network",
  observability: "observability",
  shortcuts: "shortcuts",
  usage: "privacy",
  window: "general",
};

const aboutSchema = z.object({
  title: z.string(),
  help: z.string(),
  /** `ms`, `bytes`, `s`, `days`; null where it counts nothing. */
  unit: z.string().nullable().default(null),
  group: z.enum(settingGroups).optional(),
  /** What each choice is called. */
  choices: z.record(z.string(), z.string()).default({}),
  /** What a text stands for, where a plain field would not do. */
  kind: z.enum(["alias", "file", "model", "shortcuts"]).nullable().default(null),
  /** The variable that can pin it, where that is not made from its name. */
  environment: z.string().optional(),
  /** The option of `postern serve` that pins it, where it has one of its own. */
  flag: z.string().optional(),
});

/** One setting of config.json, as its schema's `meta` describes it. */
export interface SettingDefinition {
  /** `gateway` and `port`: where it stands in config.json. */
  readonly section: string;
  readonly name: string;
  readonly schema: z.ZodType;
  readonly title: string;
  readonly help: string;
  readonly unit: string | null;
  readonly group: SettingGroup;
  readonly choices: Readonly<Record<string, string>>;
  readonly kind: "alias" | "file" | "model" | "shortcuts" | null;
  /** `POSTERN_GATEWAY_IDLE_TIMEOUT_MS`: the variable that pins it. */
  readonly environment: string;
  /** `--set gateway.idleTimeoutMs=...`, or an option of its own: `--port`. */
  readonly flag: string;
}

/** Every property with a title, of every section of config.json that is an object of properties; in the file's order. */
export const settingDefinitions: readonly SettingDefinition[] = Object.entries(configFileSchema.shape).flatMap(([section, part]) => {
  const inner = unwrap(part);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, schema]): SettingDefinition[] => {
    const about = aboutSchema.safeParse(schema.meta());
    if (!about.success) return [];
    const { group, environment, flag, ...rest } = about.data;
    return [
      {
        section,
        name,
        schema,
        ...rest,
        group: group ?? groupOfSection[section] ?? "general",
        environment: environment ?? `POSTERN_${section}_${name.replaceAll(/[A-Z]/g, "_$&")}`.toUpperCase(),
        flag: flag ?? `--set ${section}.${name}`,
      },
    ];
  });
});

/** @returns undefined where there is no setting of this name */
export function findSetting(section: string, name: string): SettingDefinition | undefined {
  return settingDefinitions.find((definition) => definition.section === section && definition.name === name);
}

/**
 * Reads a setting from a text, as a variable or an option has it: a number, `true` or `off`, items between commas, or JSON;
 * `null` where the setting can be null. What comes out is still to be checked by its schema.
 */
export function readSettingText({ schema }: SettingDefinition, text: string): unknown {
  const words = text.trim();
  if (words === "null") return null;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodNumber) return words === "" ? words : Number(words);
  if (inner instanceof z.ZodBoolean) return readSwitch(words);
  if (inner instanceof z.ZodArray && !words.startsWith("[")) return words === "" ? [] : words.split(",").map((item) => item.trim());
  if (inner instanceof z.ZodArray || inner instanceof z.ZodRecord || inner instanceof z.ZodObject) return readJson(words);
  return words;
}

function readSwitch(words: string): unknown {
  if (/^(true|on|yes|1)$/i.test(words)) return true;
  return /^(false|off|no|0)$/i.test(words) ? false : words;
}

function readJson(words: string): unknown {
  try {
    return JSON.parse(words) as unknown;
  } catch {
    return words;
  }
}

/** What is inside of defaults and the like. */
function unwrap(schema: unknown): unknown {
  const isWrapper =
    schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable;
  return isWrapper ? unwrap(schema.unwrap()) : schema;
}
