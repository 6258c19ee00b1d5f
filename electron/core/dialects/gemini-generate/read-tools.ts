import type { Tool, ToolChoice } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { listOf, spelling } from "./members.ts";
import { dropRest } from "./read-contents.ts";
import { readSchema } from "./read-schema.ts";

/**
 * Reads `tools`. A member beside the function declarations is a tool that Google runs: `googleSearch`, `codeExecution`,
 * `urlContext`.
 *
 * @see https://ai.google.dev/api/caching#Tool
 */
export function readTools(body: Fields, drop: (field: string) => void): readonly Tool[] {
  const tools: Tool[] = [];
  for (const tool of listOf(body, "tools")) {
    for (const declaration of listOf(tool, "functionDeclarations")) tools.push(readDeclaration(declaration, drop));
    for (const path of tool.rest()) tools.push({ kind: "hosted", name: camelCase(path.slice(tool.path.length + 1)) });
  }
  return tools;
}

/**
 * Reads `toolConfig.functionCallingConfig`.
 *
 * @see https://ai.google.dev/api/caching#FunctionCallingConfig
 */
export function readToolChoice(body: Fields, drop: (field: string) => void): ToolChoice | undefined {
  const toolConfig = body.fields(spelling(body, "toolConfig"));
  if (toolConfig === undefined) return undefined;
  const config = toolConfig.fields(spelling(toolConfig, "functionCallingConfig"));
  dropRest(toolConfig, drop);
  if (config === undefined) return undefined;
  const mode = config.choice("mode", ["AUTO", "ANY", "NONE", "VALIDATED", "MODE_UNSPECIFIED"]) ?? "AUTO";
  const names = config.texts(spelling(config, "allowedFunctionNames")) ?? [];
  dropRest(config, drop);
  if (mode === "NONE") return { kind: "none" };
  if (mode !== "ANY") return mode === "VALIDATED" && names.length > 0 ? { kind: "allowed", names, required: false } : { kind: "auto" };
  if (names.length === 0) return { kind: "required" };
  return names.length === 1 ? { kind: "tool", name: names[0] as string } : { kind: "allowed", names, required: true };
}

function readDeclaration(declaration: Fields, drop: (field: string) => void): Tool {
  const name = declaration.needText("name");
  const description = declaration.text("description");
  const schema = declaration.object(spelling(declaration, "parametersJsonSchema"));
  const openApi = declaration.object("parameters");
  dropRest(declaration, drop);
  return { kind: "function", name, description, parameters: schema ?? (openApi === undefined ? undefined : readSchema(openApi)) };
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
