import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { SettingInfo, settingsContract } from "#shared/contract/settings.ts";
import { PosternError } from "#shared/errors.ts";
import { configFileSchema } from "#shared/schema/config-file.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";
import { sayIssue } from "./say-issue.ts";

interface Setting {
  readonly section: string;
  readonly name: string;
  readonly schema: z.ZodType;
  readonly about: { readonly title: string; readonly help: string; readonly unit: string | null };
}

const aboutSchema = z.object({ title: z.string(), help: z.string(), unit: z.string().nullable().default(null) });

/** Answers what stands in `shared/contract/settings.ts`. What a setting is comes from its schema's `meta` alone. */
export function createSettingHandlers({ config }: Pick<AdminParts, "config">): HandlersOf<typeof settingsContract> {
  const settings = findSettings();

  function describe({ section, name, schema, about }: Setting): SettingInfo {
    const value = (config.current as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[section]?.[name];
    const {
      $schema: _schema,
      title: _title,
      help: _help,
      unit: _unit,
      default: standard,
      ...rest
    } = z.toJSONSchema(schema, { io: "input" });
    return {
      section,
      name,
      ...about,
      schema: rest,
      value: value ?? null,
      default: standard ?? null,
      isDefault: isDeepStrictEqual(value ?? null, standard ?? null),
    };
  }

  function find(parameters: { readonly section: string; readonly name: string }): Setting {
    const found = settings.find(({ section, name }) => section === parameters.section && name === parameters.name);
    if (found !== undefined) return found;
    const asked = `${parameters.section}.${parameters.name}`.slice(0, 80);
    throw new PosternError("not_found", `Cannot find setting "${asked}": there is none of this name`);
  }

  return {
    listSettings: async () => ({ settings: settings.map(describe) }),
    putSetting: async ({ parameters, body }) => {
      const setting = find(parameters);
      const result = setting.schema.safeParse(body.value);
      if (!result.success)
        throw new PosternError("invalid_value", `Cannot set ${setting.section}.${setting.name}: it ${sayIssue(result.error.issues[0])}`);
      await config.edit([setting.section, setting.name], result.data);
      return describe(setting);
    },
    resetSetting: async ({ parameters }) => {
      const setting = find(parameters);
      await config.edit([setting.section, setting.name], undefined);
      return describe(setting);
    },
  };
}

/** Every property with a title, of every section of config.json that is an object of properties. */
function findSettings(): Setting[] {
  return Object.entries(configFileSchema.shape).flatMap(([section, part]) => {
    const inner = unwrap(part);
    if (!(inner instanceof z.ZodObject)) return [];
    return Object.entries(inner.shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, schema]): Setting[] => {
      const about = aboutSchema.safeParse(schema.meta());
      return about.success ? [{ section, name, schema, about: about.data }] : [];
    });
  });
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional
    ? unwrap(schema.unwrap())
    : schema;
}
