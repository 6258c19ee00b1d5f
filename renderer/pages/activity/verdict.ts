import type { LoggedCall } from "#shared/contract/calls.ts";
import type { Tone } from "../../parts/badge.tsx";
import type { TextKey, Texts } from "../../text/texts.ts";

/** How a call ended, for a person. */
export interface Verdict {
  readonly tone: Tone;
  /** Its name in the catalogue's part "activity". */
  readonly words: TextKey<Texts["activity"]>;
  /** The same in a sentence. */
  readonly sentence: TextKey<Texts["activity"]>;
}

/** How each ending reads. */
export const verdicts = {
  finished: { tone: "ok", words: "endingFinished", sentence: "verdictFinished" },
  truncated: { tone: "bad", words: "endingTruncated", sentence: "verdictTruncated" },
  failed: { tone: "bad", words: "endingFailed", sentence: "verdictFailed" },
  refused: { tone: "warn", words: "endingRefused", sentence: "verdictRefused" },
  client_closed: { tone: "neutral", words: "endingClientClosed", sentence: "verdictClientClosed" },
  // To its client that is a refusal or a broken answer, to the person who did it neither.
  stopped: { tone: "neutral", words: "endingStopped", sentence: "verdictStopped" },
  interrupted: { tone: "bad", words: "endingInterrupted", sentence: "verdictInterrupted" },
} as const satisfies Record<LoggedCall["ending"], Verdict>;
