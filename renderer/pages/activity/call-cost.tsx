import type { ReactNode } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { formatCount, formatMoney, formatPerMillion, unknownText } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { Section } from "./facts.tsx";

interface Line {
  readonly words: string;
  readonly tokens: number | null;
  /** US dollars for a million. */
  readonly price: number | null;
}

/** What a call took and what it cost, as the sum that it is. */
export function CallCost({ call }: { readonly call: LoggedCall }): ReactNode {
  const say = useText("activity");
  if (call.uncachedInputTokens === null && call.outputTokens === null && call.costMicroUsd === null) return null;
  const priceOf = (name: string): number | null => {
    const value = call.price?.[name];
    return typeof value === "number" ? value : null;
  };
  const input = priceOf("inputUsdPerMillion");
  const lines: readonly Line[] = [
    { words: say("tokensInput"), tokens: call.uncachedInputTokens, price: input },
    { words: say("tokensCacheRead"), tokens: call.cacheReadTokens || null, price: priceOf("cacheReadUsdPerMillion") ?? input },
    { words: say("tokensCacheWrite"), tokens: call.cacheWriteTokens || null, price: priceOf("cacheWriteUsdPerMillion") ?? input },
    { words: say("tokensOutput"), tokens: call.outputTokens, price: priceOf("outputUsdPerMillion") },
  ].filter(({ tokens }) => tokens !== null);
  const perCall = priceOf("requestUsd");
  return (
    <Section title={say("sectionTokens")}>
      <div className="overflow-hidden rounded-card border border-line bg-surface">
        <table className="w-full">
          <thead className="text-small text-ink-muted">
            <tr className="border-b border-line">
              <th className="h-8 pl-3 text-left font-normal">{say("tokenKind")}</th>
              <th className="text-right font-normal">{say("tokenCount")}</th>
              <th className="text-right font-normal">{say("tokenPrice")}</th>
              <th className="pr-3 text-right font-normal">{say("tokenCost")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ words, tokens, price }) => (
              <tr key={words} className="border-b border-line/60">
                <td className="h-8 pl-3">{words}</td>
                <td className="text-right">{formatCount(tokens)}</td>
                <td className="text-right text-ink-soft">{formatPerMillion(price)}</td>
                <td className="pr-3 text-right">{price === null || tokens === null ? unknownText : formatMoney(price * tokens)}</td>
              </tr>
            ))}
            {call.reasoningTokens === null || call.reasoningTokens === 0 ? null : (
              <tr className="border-b border-line/60 text-ink-muted">
                <td className="h-8 pl-6">{say("tokensReasoning")}</td>
                <td className="text-right">{formatCount(call.reasoningTokens)}</td>
                <td />
                <td />
              </tr>
            )}
            {perCall === null || perCall === 0 ? null : (
              <tr className="border-b border-line/60">
                <td className="h-8 pl-3">{say("tokensRequest")}</td>
                <td />
                <td />
                <td className="pr-3 text-right">{formatMoney(perCall * 1e6)}</td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr className="font-medium">
              <td className="h-9 pl-3" colSpan={3}>
                {say("costTotal")}
              </td>
              <td className="pr-3 text-right">{formatMoney(call.costMicroUsd)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p className="mt-2 text-small text-ink-muted">
        <CostSource call={call} />
        {call.savedMicroUsd === null || call.savedMicroUsd === 0 ? null : (
          <>
            {" "}
            {say(call.savedMicroUsd > 0 ? "saved" : "savedLess")}{" "}
            <span className={call.savedMicroUsd > 0 ? "font-medium text-ok" : "text-ink-soft"}>
              {formatMoney(Math.abs(call.savedMicroUsd))}
            </span>
            .
          </>
        )}
      </p>
    </Section>
  );
}

function CostSource({ call }: { readonly call: LoggedCall }): ReactNode {
  const say = useText("activity");
  if (call.cacheStatus === "HIT") return say("costOfCache");
  if (call.costMicroUsd === null) return say("costUnknown");
  const source =
    call.costSource === "reported" ? say("costReported") : say(call.price?.["source"] === "person" ? "costFromPerson" : "costFromCatalog");
  return `${source.charAt(0).toUpperCase()}${source.slice(1)}.`;
}
