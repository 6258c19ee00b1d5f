import type { ReactNode } from "react";
import type { MessageDetails } from "#shared/schema/chat.ts";
import { formatCount, formatDuration, formatMoney } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";

const speed = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** What an answer took: tokens, the wait for the first, how fast they came, and what it cost. What is not known is left out. */
export function AnswerFigures({ details }: { readonly details: MessageDetails }): ReactNode {
  const say = useText("chat");
  const { inputTokens, outputTokens, reasoningTokens, firstByteMs, tokensPerSecond, costMicroUsd, totalMs } = details;
  const figures: (readonly [string, string])[] = [];
  if (outputTokens !== null) {
    const values = { input: formatCount(inputTokens), output: formatCount(outputTokens), reasoning: formatCount(reasoningTokens) };
    figures.push([
      say("figureTokens", { count: outputTokens, text: values.output }),
      say(reasoningTokens === null ? "helpTokens" : "helpTokensReasoning", values),
    ]);
  }
  if (firstByteMs !== null)
    figures.push([say("figureFirst", { time: formatDuration(firstByteMs) }), say("helpFirst", { total: formatDuration(totalMs) })]);
  if (tokensPerSecond !== null) figures.push([say("figureSpeed", { speed: speed.format(tokensPerSecond) }), say("helpSpeed")]);
  if (costMicroUsd !== null) figures.push([formatMoney(costMicroUsd), say("helpCost")]);
  if (figures.length === 0) return null;
  return (
    <ul aria-label={say("figures")} className="flex min-w-0 flex-wrap items-center gap-x-3 text-caption text-ink-muted">
      {figures.map(([words, help]) => (
        <li key={help} title={help}>
          {words}
        </li>
      ))}
    </ul>
  );
}
