import type * as z from "zod";

/** The most that a body may be, in bytes, where its entry says nothing else. */
export const usualBodyBytes = 1_048_576;

/** One call of the admin API: where it is, what it takes and what it gives. */
export interface ContractEntry {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/admin/keys/:provider/:name`: a part that begins with a colon is a parameter. */
  readonly path: `/admin/${string}`;
  /** What may stand behind the question mark: an object of texts, where each name comes at most once. */
  readonly query?: z.ZodType;
  /** The JSON body, where it takes one; with {@link ContractEntry.bodyType}, a schema of bytes. */
  readonly body?: z.ZodType;
  /** That the body is bytes and no JSON. A page of another origin cannot send this type without being asked for leave. */
  readonly bodyType?: "application/octet-stream";
  /** What the body may be at most, where that is not {@link usualBodyBytes}. */
  readonly mostBodyBytes?: number;
  /** The JSON reply; the data of one event in a `text/event-stream`; for another `type` a text. */
  readonly reply: z.ZodType;
  /** The media type of a reply that is no JSON: its handler gives a text, or a stream of bytes. */
  readonly type?: string;
}

/** The names of the parameters in a path. */
export type PathParameters<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParameters<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** What a handler of an entry gets. */
export interface ContractInput<Entry extends ContractEntry> {
  readonly parameters: Readonly<Record<PathParameters<Entry["path"]>, string>>;
  readonly query: Entry["query"] extends z.ZodType ? z.output<Entry["query"]> : undefined;
  readonly body: Entry["body"] extends z.ZodType ? z.output<Entry["body"]> : undefined;
}

/** What a handler of an entry gives. */
export type ContractReply<Entry extends ContractEntry> = Entry["type"] extends string
  ? string | ReadableStream<Uint8Array>
  : z.input<Entry["reply"]>;

/** What a caller of an entry gets: the reply as its schema reads it, or the bytes of one that is no JSON. */
export type ContractAnswer<Entry extends ContractEntry> = Entry["type"] extends string ? Response : z.output<Entry["reply"]>;

/** What a caller of an entry sends: the parameters of its path, a query, and a body where it takes one. */
export type ContractCall<Entry extends ContractEntry> = ([PathParameters<Entry["path"]>] extends [never]
  ? { readonly parameters?: undefined }
  : { readonly parameters: Readonly<Record<PathParameters<Entry["path"]>, string>> }) &
  (Entry["query"] extends z.ZodType ? { readonly query?: z.input<Entry["query"]> } : { readonly query?: undefined }) &
  (Entry["body"] extends z.ZodType ? { readonly body: z.input<Entry["body"]> } : { readonly body?: undefined });
