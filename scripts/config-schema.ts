import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { configFileSchema } from "#shared/schema/config-file.ts";

/** Where the published JSON Schema of config.json stands. */
export const configSchemaFile: string = fileURLToPath(new URL("../assets/config.schema.json", import.meta.url));

/** The JSON Schema of config.json, for editors: made from the schema that the program itself checks with. */
export function writeConfigSchema(): string {
  const schema = z.toJSONSchema(configFileSchema, {
    io: "input",
    reused: "ref",
    // What only the settings page needs.
    override: ({ jsonSchema }) => {
      for (const name of ["group", "choices", "kind", "environment", "flag"]) delete jsonSchema[name];
    },
  });
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(configSchemaFile, writeConfigSchema());
