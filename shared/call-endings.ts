/**
 * How a call came to its end: `finished` whole; `truncated` broke after its first byte; `failed` ended with an error;
 * `client_closed` when the client left; `refused` when Postern itself said no; `stopped` by its person;
 * `interrupted` when Postern ended before it.
 */
export const callEndings = ["finished", "truncated", "failed", "client_closed", "refused", "stopped", "interrupted"] as const;

/** One of {@link callEndings}. */
export type CallEnding = (typeof callEndings)[number];

/** Endings that are no error: the answer came whole, or whoever asked for it wanted no more of it. */
export const harmlessEndings: readonly CallEnding[] = ["finished", "client_closed", "stopped"];
