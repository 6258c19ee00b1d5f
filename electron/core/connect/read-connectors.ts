import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Connector, connectorSchema } from "#shared/schema/connector.ts";
import { PosternError } from "#shared/errors.ts";

/** Every tool that Postern can be connected to, by id. */
export interface Connectors {
  readonly all: readonly Connector[];
  /** @throws {PosternError} `not_found` */
  get(id: string): Connector;
}

/**
 * Reads `assets/connectors/*.json`.
 *
 * @throws {Error} with the file's name where one of them is not what the schema says: they ship with the program
 */
export function readConnectors(assetsFolder: string): Connectors {
  const folder = path.join(assetsFolder, "connectors");
  const all = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => {
      const result = connectorSchema.safeParse(JSON.parse(readFileSync(path.join(folder, file), "utf8")));
      if (result.success) return result.data;
      const issue = result.error.issues[0];
      throw new Error(`Cannot read connectors/${file}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
    });
  return {
    all,
    get(id) {
      const found = all.find((connector) => connector.id === id);
      if (found !== undefined) return found;
      throw new PosternError("not_found", `Cannot connect "${id.slice(0, 64)}": it is not among the tools that Postern knows`);
    },
  };
}
