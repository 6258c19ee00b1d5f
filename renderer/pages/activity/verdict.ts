import type { LoggedCall } from "#shared/contract/calls.ts";
import type { Tone } from "../../parts/badge.tsx";
import type { TextKey, Texts } from "../../text/texts.ts";

/** How a call ended, for a person. */
export interface Verdict {
  readonly tone: Tone;
  /** Its name in the catalogue's part "activity". */
  readonly words: TextKey<Texts["activity"]>;
}

const verdicts = {
  finished: { tone: "ok", words: "endingFinished" },
  truncated: { tone: "bad", words: "endingTruncated" },
  failed: { tone: "bad", words: "endingFailed" },
  refused: { tone: "warn", words: "endingRefused" },
  client_closed: { tone: "neutral", words: "endingClientClosed" },
  interrupted: { tone: "bad", words: "endingInterrupted" },
} as const satisfies Record<LoggedCall["ending"], Verdict>;

/** Says how a call ended. */
export function verdictOf({ ending }: Pick<LoggedCall, "ending">): Verdict {
  return verdicts[ending];
}
