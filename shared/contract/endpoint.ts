import type * as z from "zod";

/** One call of the admin API: where it is, what it takes and what it gives. */
export interface ContractEntry {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/admin/keys/:provider/:name`: a part that begins with a colon is a parameter. */
  readonly path: `/admin/${string}`;
  /** The JSON body, where it takes one. */
  readonly body?: z.ZodType;
  readonly reply: z.ZodType;
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
  readonly body: Entry["body"] extends z.ZodType ? z.output<Entry["body"]> : undefined;
}

/** What a handler of an entry gives. */
export type ContractReply<Entry extends ContractEntry> = z.input<Entry["reply"]>;

/** What a caller of an entry sends: the parameters of its path, and a body where it takes one. */
export type ContractCall<Entry extends ContractEntry> = ([PathParameters<Entry["path"]>] extends [never]
  ? { readonly parameters?: undefined }
  : { readonly parameters: Readonly<Record<PathParameters<Entry["path"]>, string>> }) &
  (Entry["body"] extends z.ZodType ? { readonly body: z.input<Entry["body"]> } : { readonly body?: undefined });
