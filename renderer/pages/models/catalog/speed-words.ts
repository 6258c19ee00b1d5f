import { unknownText } from "../../../text/format.ts";
import type { Say } from "../../../text/texts.ts";

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** `45 tok/s`; a dash where nobody knows. */
export function speedWords(tokensPerSecond: number | null, say: Say<"models">): string {
  return tokensPerSecond === null ? unknownText : say("tokensPerSecond", { amount: whole.format(tokensPerSecond) });
}
