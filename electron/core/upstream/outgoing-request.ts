import type { Readable } from "node:stream";
import type { AuthScheme } from "#shared/schema/provider.ts";

/** A request that is complete but for its signature. */
export interface OutgoingRequest {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** As it goes over the wire: percent-encoded, with its query. */
  readonly path: string;
  /** A flat list of lower-case names and values, which signing adds to. */
  readonly headers: string[];
  /** A stream cannot be signed, only sent beside a key. */
  readonly body: Buffer | Readable | null;
}

/** What signing has to know of the provider: a part of its row. */
export interface SignedRow {
  readonly id: string;
  readonly auth: AuthScheme;
  /** `region` for AWS. */
  readonly optionValues: Readonly<Record<string, string>>;
}

/**
 * Whose a key is. `person`: stored, or in Postern's environment. `caller`: it came with the request; what names a
 * credential of this machine, or an address on it, is not taken from there.
 */
export type KeyOwner = "person" | "caller";
