import type { SettingInfo } from "#shared/contract/settings.ts";

/** What a setting takes, as its row has to know it. */
export type ValueKind =
  | { readonly kind: "switch" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "number"; readonly min: number | null; readonly max: number | null }
  | { readonly kind: "text"; readonly isNullable: boolean }
  | { readonly kind: "list" }
  | { readonly kind: "json" };

/** Reads the kind of value out of a setting's JSON Schema. What no row is made for is edited as JSON. */
export function kindOf({ schema }: Pick<SettingInfo, "schema">): ValueKind {
  const inner = withoutNull(schema);
  const isNullable = inner !== schema;
  if (Array.isArray(inner["enum"])) return { kind: "choice", values: inner["enum"].map(String) };
  switch (inner["type"]) {
    case "boolean":
      return { kind: "switch" };
    case "integer":
    case "number":
      return { kind: "number", min: numberOf(inner["minimum"]), max: numberOf(inner["maximum"]) };
    case "string":
      return { kind: "text", isNullable };
    case "array":
      return (inner["items"] as { type?: unknown } | undefined)?.type === "string" ? { kind: "list" } : { kind: "json" };
    default:
      return { kind: "json" };
  }
}

/** The schema beside `null`, where that is one of two. */
function withoutNull(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const parts = schema["anyOf"];
  if (!Array.isArray(parts)) return schema;
  const others = (parts as readonly Readonly<Record<string, unknown>>[]).filter((part) => part["type"] !== "null");
  return others.length === 1 && others.length < parts.length ? (others[0] ?? schema) : schema;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}
