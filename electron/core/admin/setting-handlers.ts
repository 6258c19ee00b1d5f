import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { readAuthorities } from "#core/upstream/network-way.ts";
import type { SettingInfo, settingsContract } from "#shared/contract/settings.ts";
import { PosternError } from "#shared/errors.ts";
import { findSetting, type SettingDefinition, settingDefinitions } from "#shared/schema/setting-list.ts";
import { sayIssue } from "#shared/schema/say-issue.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

type Parts = Pick<AdminParts, "config" | "addresses" | "addressProblem" | "checkAddress">;

/** Answers what stands in `shared/contract/settings.ts`. What a setting is comes from its schema's `meta` alone. */
export function createSettingHandlers(parts: Parts): HandlersOf<typeof settingsContract> {
  const { config } = parts;

  function describe(definition: SettingDefinition): SettingInfo {
    const { section, name, title, help, unit, group, choices, kind, environment } = definition;
    const value = valueOf(config.current, definition) ?? null;
    const { schema, standard } = describeSchema(definition);
    const pin = config.pins.find((candidate) => candidate.section === section && candidate.name === name);
    const isAddress = section === "gateway" && (name === "port" || name === "host");
    return {
      section,
      name,
      title,
      help,
      unit,
      group,
      choices,
      kind,
      environment,
      schema,
      value,
      default: standard,
      isDefault: isDeepStrictEqual(value, standard),
      source: pin?.source ?? (config.current.says([section, name]) ? "file" : "default"),
      pinnedBy: pin?.by ?? null,
      problem: isAddress ? parts.addressProblem() : null,
    };
  }

  function find(parameters: { readonly section: string; readonly name: string }): SettingDefinition {
    const found = findSetting(parameters.section, parameters.name);
    const asked = `${parameters.section}.${parameters.name}`.slice(0, 80);
    if (found === undefined) throw new PosternError("not_found", `Cannot find setting "${asked}": there is none of this name`);
    return found;
  }

  function refuseIfPinned(definition: SettingDefinition): void {
    const pin = config.pins.find(({ section, name }) => section === definition.section && name === definition.name);
    if (pin === undefined) return;
    const words = `Cannot change ${pin.section}.${pin.name}: ${pin.by} decides it; start Postern without that to change it here`;
    throw new PosternError("invalid_value", words, { status: 409 });
  }

  return {
    listSettings: async () => ({ file: config.file, settings: settingDefinitions.map(describe) }),
    putSetting: async ({ parameters, body }) => {
      const definition = find(parameters);
      const result = definition.schema.safeParse(body.value);
      if (!result.success)
        throw new PosternError(
          "invalid_value",
          `Cannot set ${definition.section}.${definition.name}: it ${sayIssue(result.error.issues[0])}`,
        );
      refuseIfPinned(definition);
      if (!isDeepStrictEqual(result.data, valueOf(config.current, definition))) await checkEffect(definition, result.data, parts);
      await config.edit([definition.section, definition.name], result.data);
      return describe(definition);
    },
    resetSetting: async ({ parameters }) => {
      const definition = find(parameters);
      refuseIfPinned(definition);
      await checkEffect(definition, describeSchema(definition).standard, parts);
      await config.edit([definition.section, definition.name], undefined);
      return describe(definition);
    },
  };
}

/** @throws {PosternError} `invalid_value` for a value that is well formed, and could not take effect on this machine */
async function checkEffect({ section, name }: SettingDefinition, value: unknown, parts: Parts): Promise<void> {
  if (section === "network" && name === "caFile" && typeof value === "string") readAuthorities(value);
  if (section !== "gateway" || (name !== "port" && name !== "host")) return;
  const now = parts.config.current.gateway;
  const address = name === "port" ? { host: now.host, port: Number(value) } : { host: String(value), port: 0 };
  // What it holds itself is free for it.
  if (name === "port" && parts.addresses().some((held) => held.endsWith(`:${address.port}`))) return;
  await parts.checkAddress(address).catch((error: Error) => {
    const why = error.name === "PortTakenError" ? "the port is taken" : `nothing can listen there (${error.message})`;
    throw new PosternError("invalid_value", `Cannot set gateway.${name} to ${String(value)}: ${why}; choose another`, { cause: error });
  });
}

function valueOf(config: object, { section, name }: SettingDefinition): unknown {
  return (config as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[section]?.[name];
}

function describeSchema({ schema }: SettingDefinition): { readonly schema: Record<string, unknown>; readonly standard: unknown } {
  const { default: standard, ...rest } = z.toJSONSchema(schema, { io: "input" });
  for (const name of ["$schema", "title", "help", "unit", "group", "choices", "kind", "environment", "flag"]) delete rest[name];
  return { schema: rest, standard: standard ?? null };
}
