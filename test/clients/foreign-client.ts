import type { DialectId } from "#shared/schema/provider.ts";

/**
 * A public client, driven as its documentation shows, so that one suite can try all of them. A driver keeps the history
 * in the client's own terms and puts back into it what the client gave out, unchanged.
 */
export interface ForeignClient {
  readonly name: string;
  /** What it speaks with the gateway. */
  readonly dialect: DialectId;
  /** Whether it hands thoughts to the person who uses it. */
  readonly showsThoughts: boolean;
  /** Whether its errors carry the response's headers. */
  readonly showsHeaders: boolean;
  open(gateway: Gateway, setup: Setup): Conversation;
  /** What it says of a failed call. */
  explain(error: unknown): Explained;
}

/** Where the gateway is. */
export interface Gateway {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly key: string;
}

/** What holds for a whole conversation. */
export interface Setup {
  readonly model: string;
  readonly stream: boolean;
  readonly system?: string;
  readonly tools?: readonly OfferedTool[];
  /** The tool that must be called. */
  readonly force?: string;
  /** The JSON schema of an object that the answer must fit. */
  readonly schema?: JsonSchema;
  /** Whether the model is to think, and to show it. */
  readonly thinks?: boolean;
}

/** JSON Schema of an object. */
export interface JsonSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, { readonly type: "string" | "integer"; readonly description?: string }>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** A tool that the client runs. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
}

/** What the person, or a tool of theirs, says. */
export type Turn =
  | { readonly text: string; readonly image?: { readonly mediaType: string; readonly data: string } }
  | { readonly results: readonly { readonly id: string; readonly name: string; readonly text: string }[] };

/** How one call is watched and stopped. */
export interface Watch {
  readonly signal?: AbortSignal;
  readonly onPiece?: (piece: string) => void;
}

/** What the client made of an answer. */
export interface Said {
  readonly text: string;
  readonly thoughts: string;
  readonly calls: readonly SaidCall[];
  /** What it parsed of an answer that had to fit a schema. */
  readonly parsed: unknown;
  /** In the client's own words. */
  readonly reason: string | undefined;
  readonly usage: { readonly input: number | undefined; readonly output: number | undefined };
}

/** A call that the client would run. */
export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

/** A conversation under way. */
export interface Conversation {
  /** @throws what the client throws */
  ask(turn: Turn, watch?: Watch): Promise<Said>;
}

/** A client's error in common terms. */
export interface Explained {
  /** Whether it is of a class that the client exports for this. */
  readonly isOwn: boolean;
  readonly status: number | undefined;
  readonly message: string;
  readonly retryAfter: string | null | undefined;
}

/** Fails loudly where a client's answer lacks something. */
export function must<Value>(value: Value | null | undefined, what: string): Value {
  if (value === null || value === undefined) throw new Error(`The client's answer has no ${what}`);
  return value;
}
