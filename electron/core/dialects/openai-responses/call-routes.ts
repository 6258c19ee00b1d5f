import type { ReplyMeta } from "../dialect.ts";
import { Fields } from "../fields.ts";
import { isJsonObject, type JsonValue } from "../json.ts";
import { clientToolsByType, type ClientTool } from "./client-tools.ts";
import { createToolList } from "./read-tools.ts";

/** As what a call of one of the client's tools goes back to it. */
export interface CallRoute {
  readonly kind: "function" | "custom" | "client";
  /** As the client calls the tool, without its namespace. */
  readonly name: string;
  readonly namespace?: string | undefined;
  /** How the calls of a `client` tool are written. */
  readonly tool?: ClientTool | undefined;
}

/** Finds the way back for each of the tools that a client offered, by the name that it has to other providers. */
export function findCallRoutes(meta: ReplyMeta): ReadonlyMap<string, CallRoute> {
  const routes = new Map<string, CallRoute>();
  for (const tool of meta.request.tools) {
    if (tool.kind === "hosted") continue;
    const { kind, name, namespace } = tool;
    routes.set(name, namespace === undefined ? { kind, name } : { kind, name: namespace.toolName, namespace: namespace.name });
  }
  for (const [name, type] of clientTypes(meta)) {
    const tool = clientToolsByType.get(type);
    if (tool !== undefined && routes.has(name)) routes.set(name, { kind: "client", name, tool });
  }
  return routes;
}

/** The canonical request no longer knows which functions were tools of a type of their own: the body does. */
function clientTypes({ body }: ReplyMeta): ReadonlyMap<string, string> {
  const list = createToolList();
  const ignore = (): void => {};
  list.add(toolsOf(body["tools"]), ignore);
  if (Array.isArray(body["input"])) {
    for (const item of body["input"] as readonly JsonValue[]) if (isJsonObject(item)) list.add(toolsOf(item["tools"]), ignore);
  }
  return list.typesByName;
}

function toolsOf(value: JsonValue | undefined): readonly Fields[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter(isJsonObject).map((tool) => new Fields(tool));
}
