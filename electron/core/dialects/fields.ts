import { PosternError } from "#shared/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/**
 * Reads the fields of one object of a client's request. It notes which were asked for: {@link Fields.rest} names the
 * others, so that nothing is lost without a word. What has the wrong type is refused with the field's full path;
 * null counts as not given.
 */
export class Fields {
  /** Where the object stands, such as `messages[2]`; empty for the body itself. */
  readonly path: string;
  readonly #object: JsonObject;
  readonly #read = new Set<string>();

  constructor(object: JsonObject, path = "") {
    this.#object = object;
    this.path = path;
  }

  /** A field's full path, for an error or `drop`. */
  at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  /** Whether a field is given, without counting it as read. */
  has(key: string): boolean {
    const value = this.#object[key];
    return value !== undefined && value !== null;
  }

  /** A field's value whatever it is; undefined for null. */
  any(key: string): JsonValue | undefined {
    this.#read.add(key);
    return this.#object[key] ?? undefined;
  }

  /** A text. */
  text(key: string): string | undefined {
    const value = this.any(key);
    if (value === undefined || typeof value === "string") return value;
    throw wrongType(this.at(key), "a string", value);
  }

  /** A text that has to be there. */
  needText(key: string): string {
    return this.text(key) ?? missing(this.at(key), "a string");
  }

  /** One of a few texts. */
  choice<const Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.text(key);
    if (value === undefined || (choices as readonly string[]).includes(value)) return value as Choice | undefined;
    throw invalid(this.at(key), `must be one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}, found ${describe(value)}`);
  }

  /** A finite number. */
  number(key: string): number | undefined {
    const value = this.any(key);
    if (value === undefined || typeof value === "number") return value;
    throw wrongType(this.at(key), "a number", value);
  }

  /** A whole number of at least `least`. */
  integer(key: string, least = 0): number | undefined {
    const value = this.number(key);
    if (value === undefined || (Number.isInteger(value) && value >= least)) return value;
    throw invalid(this.at(key), `must be a whole number of at least ${least}, found ${describe(value)}`);
  }

  /** True or false. */
  flag(key: string): boolean | undefined {
    const value = this.any(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrongType(this.at(key), "true or false", value);
  }

  /** An object, unread. */
  object(key: string): JsonObject | undefined {
    const value = this.any(key);
    if (value === undefined || isJsonObject(value)) return value;
    throw wrongType(this.at(key), "an object", value);
  }

  /** An object's fields. */
  fields(key: string): Fields | undefined {
    const value = this.object(key);
    return value === undefined ? undefined : new Fields(value, this.at(key));
  }

  /** An object's fields, which have to be there. */
  needFields(key: string): Fields {
    return this.fields(key) ?? missing(this.at(key), "an object");
  }

  /** An array of whatever; undefined where it is not given. */
  array(key: string): readonly JsonValue[] | undefined {
    const value = this.any(key);
    if (value === undefined || Array.isArray(value)) return value as readonly JsonValue[] | undefined;
    throw wrongType(this.at(key), "an array", value as JsonValue);
  }

  /** The fields of each object of an array; empty where it is not given. */
  each(key: string): readonly Fields[] {
    return (this.array(key) ?? []).map((value, index) => {
      const path = `${this.at(key)}[${index}]`;
      if (isJsonObject(value)) return new Fields(value, path);
      throw wrongType(path, "an object", value);
    });
  }

  /** An array of texts; a single text counts as one of them. */
  texts(key: string): readonly string[] | undefined {
    const value = this.any(key);
    if (value === undefined) return undefined;
    if (typeof value === "string") return [value];
    if (!Array.isArray(value)) throw wrongType(this.at(key), "an array of strings", value);
    return (value as readonly JsonValue[]).map((item, index) => {
      if (typeof item === "string") return item;
      throw wrongType(`${this.at(key)}[${index}]`, "a string", item);
    });
  }

  /** Counts fields as read that mean nothing to a translation, such as `object` or `status` in a history item. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  /** The full paths of the given fields that nobody asked for. */
  rest(): readonly string[] {
    const left: string[] = [];
    for (const key in this.#object) if (!this.#read.has(key) && this.has(key)) left.push(this.at(key));
    return left;
  }

  /** Refuses a field: its value can mean nothing. */
  refuse(key: string, what: string): never {
    throw invalid(this.at(key), what);
  }
}

/** A request that is wrong at `param`; `what` goes on after "it", such as "must not be empty". */
export function invalid(param: string, what: string): PosternError {
  return new PosternError("invalid_value", `Cannot use "${param}": it ${what}`, { param });
}

function missing(param: string, wanted: string): never {
  throw invalid(param, `is missing; send ${wanted}`);
}

function wrongType(param: string, wanted: string, found: JsonValue): PosternError {
  return invalid(param, `must be ${wanted}, found ${describe(found)}`);
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  // A text may be a prompt: only a short one, which is a mistyped word, is shown.
  if (typeof value === "string") return value.length > 40 ? "a longer string" : `the string ${JSON.stringify(value)}`;
  return `the ${typeof value} ${JSON.stringify(value)}`;
}
