import type { Failure, Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";

/**
 * What stands between a provider's stream and the client: it watches the bytes go by or turns them into another
 * dialect's.
 */
export interface ReplyStream {
  /** Whether something of the answer itself has come. Until then another target can still answer. */
  readonly hasBegun: boolean;
  /** What the provider said went wrong, as far as the stream was read. */
  readonly failure: Failure | null;
  /** Whether a frame has outgrown what any provider sends: the stream is not read on. */
  readonly overflowed: boolean;
  /** Whether the provider has said its end: what breaks behind it breaks nothing. */
  readonly isWhole: boolean;
  /** What is known of the tokens. */
  readonly usage: Usage | null;
  /** Takes what the provider sent and gives back what the client gets; null where that is nothing yet. */
  feed(chunk: Buffer): Buffer | null;
  /** Takes the end of the provider's bytes. */
  end(): { readonly rest: Buffer | null; readonly ending: Ending };
  /** What a client that is in the middle of the answer is told when it breaks: an error, and nothing that reads as an end. */
  fail(failure: Failure): Buffer | null;
  /**
   * A sign of life that may go out now: empty in the middle of a frame, which it would tear apart; null where the client
   * waits for a whole answer.
   */
  readonly heartbeat: string | null;
}
