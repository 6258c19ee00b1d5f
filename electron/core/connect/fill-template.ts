import type { JsonValue } from "./json-value.ts";

/** What the placeholders of a connector stand for. */
export interface TemplateValues {
  /** `http://127.0.0.1:8787` */
  readonly origin: string;
  readonly key: string;
  /** Null where none was chosen. */
  readonly model: string | null;
}

const placeholder = /\{(origin|port|key|model)\}/g;

/** A text with its placeholders filled in; null where it needs a model and there is none. */
export function fillText(text: string, { origin, key, model }: TemplateValues): string | null {
  if (model === null && text.includes("{model}")) return null;
  return text.replaceAll(placeholder, (_, name: string) => {
    if (name === "origin") return origin;
    if (name === "port") return new URL(origin).port;
    return name === "key" ? key : (model ?? "");
  });
}

/** A value of JSON with the placeholders of all its texts filled in, names among them; undefined where one of them needs a model and there is none. */
export function fillValue(value: JsonValue, values: TemplateValues): JsonValue | undefined {
  if (typeof value === "string") return fillText(value, values) ?? undefined;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => fillValue(item, values));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const filled: Record<string, JsonValue> = {};
  for (const [name, inner] of Object.entries(value)) {
    const key = fillText(name, values);
    const item = fillValue(inner, values);
    if (key === null || item === undefined) return undefined;
    filled[key] = item;
  }
  return filled;
}

/** Whether a value has `{key}` in it. */
export function needsKey(value: unknown): boolean {
  return JSON.stringify(value).includes("{key}");
}
