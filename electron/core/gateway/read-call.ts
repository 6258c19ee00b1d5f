import { isUtf8 } from "node:buffer";
import { PosternError } from "#shared/errors.ts";
import { editObject, type Member, type ObjectScan, type ScanFailure, scanObject } from "#core/wire/scan-object.ts";

/** A JSON request, read as far as routing needs it. */
export interface JsonCall {
  readonly bytes: Buffer;
  readonly scan: Extract<ObjectScan, { ok: true }>;
  readonly model: string | null;
  readonly stream: boolean;
  /** The provider that the body names by `portkey_provider` or `provider`; null where it leaves the choice to Postern. */
  readonly provider: string | null;
  readonly keyName: string | null;
  /** Whether the client asked for usage in the stream. */
  readonly wantsUsage: boolean;
  readonly streamOptions: Readonly<Record<string, unknown>> | null;
  /** The members that speak to Postern alone and go no further. */
  readonly routingFields: readonly string[];
}

const limits = { depth: 128, containers: 100_000 };

/**
 * Reads a JSON request. What goes on to the provider stays the client's own bytes, so only what Postern acts on is
 * checked: the rest is the provider's to judge.
 *
 * @throws {PosternError} `invalid_json`, `invalid_value` or `body_too_large` with the field's name
 */
export function readJsonCall(bytes: Buffer): JsonCall {
  if (bytes.length === 0) throw invalidJson("it is empty; send a JSON object");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw invalidJson("it begins with a byte order mark; leave it out");
  if (!isUtf8(bytes)) throw invalidJson("it is not UTF-8; send it as UTF-8");
  const scan = scanObject(bytes, limits);
  if (!scan.ok) throw scanFailure(scan.reason, scan.at);
  const body = new BodyMembers(bytes, scan.members);
  const model = optionalString(body, "model");
  const stream = body.get("stream") ?? false;
  if (typeof stream !== "boolean") throw invalidValue("stream", `must be true or false, found ${describe(stream)}`);
  const routingFields: string[] = [];
  for (const { key } of scan.members) {
    if (key.startsWith("portkey_") || (key === "provider" && typeof body.get(key) === "string")) routingFields.push(key);
  }
  const options = body.get("stream_options");
  const streamOptions = isObject(options) ? options : null;
  return {
    bytes,
    scan,
    model,
    stream,
    provider: readProvider(body),
    keyName: optionalString(body, "portkey_virtual_key"),
    wantsUsage: streamOptions?.["include_usage"] === true,
    streamOptions,
    routingFields,
  };
}

/** What a target needs changed in the body. */
export interface BodyChanges {
  readonly model: string | null;
  readonly overrideParams: Readonly<Record<string, unknown>> | null;
  /** Asks for usage in the stream, in the client's name. */
  readonly requestsUsage: boolean;
}

/**
 * Writes the body for one target: the client's bytes with the model's name replaced, the routing fields taken out and
 * the target's parameters merged over. Nothing is copied where nothing changes.
 */
export function writeJsonBody(call: JsonCall, changes: BodyChanges): Buffer {
  const changesModel = changes.model !== call.model && changes.model !== null;
  if (call.routingFields.length === 0 && changes.overrideParams === null && !changesModel && !changes.requestsUsage) return call.bytes;
  const edits = new Map<string, string | null>();
  for (const field of call.routingFields) edits.set(field, null);
  for (const [key, value] of Object.entries(changes.overrideParams ?? {})) edits.set(key, JSON.stringify(value));
  if (changesModel) edits.set("model", JSON.stringify(changes.model));
  if (changes.requestsUsage) edits.set("stream_options", JSON.stringify({ ...call.streamOptions, include_usage: true }));
  return edits.size === 0 ? call.bytes : editObject(call.bytes, call.scan, edits);
}

/** A body's members, each parsed when it is asked for: of a handful, most are nothing to Postern. */
class BodyMembers {
  readonly #bytes: Buffer;
  readonly #members: readonly Member[];

  /** @throws {PosternError} `invalid_json` where one stands there twice */
  constructor(bytes: Buffer, members: readonly Member[]) {
    this.#bytes = bytes;
    this.#members = members;
    const seen = new Set<string>();
    for (const { key } of members) {
      if (seen.has(key)) {
        const name = key.slice(0, 80);
        throw new PosternError("invalid_json", `Cannot read this request: "${name}" stands in it twice; keep one of them`, { param: name });
      }
      seen.add(key);
    }
  }

  get(key: string): unknown {
    for (const member of this.#members) if (member.key === key) return this.#parse(member);
    return undefined;
  }

  #parse({ valueStart, end }: Member): unknown {
    const text = this.#bytes.toString("utf8", valueStart, end);
    // A plain string, the usual case, needs no parser.
    return text.startsWith('"') && !text.includes("\\") ? text.slice(1, -1) : JSON.parse(text);
  }
}

function readProvider(body: BodyMembers): string | null {
  const named = optionalString(body, "portkey_provider");
  if (named !== null) return named;
  const provider = body.get("provider");
  // An object is OpenRouter's own routing, which passes through; "portkey" means this gateway's.
  return typeof provider === "string" && provider !== "portkey" && provider !== "" ? provider : null;
}

function optionalString(body: BodyMembers, key: string): string | null {
  const value = body.get(key);
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalidValue(key, `must be a string, found ${describe(value)}`);
  if (value.length > 512) throw invalidValue(key, `must have at most 512 characters, found ${value.length}`);
  if (value.trim() !== value || /\p{Cc}/u.test(value))
    throw invalidValue(key, "must not hold control characters or begin or end with a space");
  return value === "" ? null : value;
}

function scanFailure(reason: ScanFailure, at: number): PosternError {
  switch (reason) {
    case "too-deep":
      return invalidJson(`it is nested deeper than ${limits.depth} levels`);
    case "too-many":
      return new PosternError(
        "body_too_large",
        `Cannot take this body: it has more than ${limits.containers} objects and arrays; send less`,
      );
    case "lone-surrogate":
      return invalidJson(`it has half of a surrogate pair (a \\ud800 to \\udfff on its own) at byte ${at}`);
    case "not-an-object":
      return invalidJson("it is not a JSON object; send one");
    case "malformed":
      // The place, and nothing of the text around it, which may be a prompt.
      return invalidJson(`it is not JSON at byte ${at}`);
    default:
      return reason satisfies never;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (typeof value !== "object") return `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
  return Array.isArray(value) ? "an array" : "an object";
}

function invalidJson(what: string): PosternError {
  return new PosternError("invalid_json", `Cannot read this request's body: ${what}`);
}

function invalidValue(param: string, what: string): PosternError {
  return new PosternError("invalid_value", `Cannot use "${param}": it ${what}`, { param });
}
