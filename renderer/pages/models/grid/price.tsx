import type { ReactNode } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { formatPerMillion, unknownText } from "../../../text/format.ts";
import { type Say, useText } from "../../../text/texts.ts";
import { fixedWords } from "../catalog/fixed-words.ts";

/** US dollars for a million tokens: "Free" where it is nothing, and a dash where nobody knows. */
export function Price({ usd }: { readonly usd: number | null }): ReactNode {
  return <PriceWords usd={usd} say={useText("models")} />;
}

/** The same, for where there are many of them. */
export function PriceWords({ usd, say }: { readonly usd: number | null; readonly say: Say<"models"> }): ReactNode {
  if (usd === null) {
    return (
      <span className="text-ink-muted">
        <span aria-hidden="true">{unknownText}</span>
        <span className="sr-only">{fixedWords(say, "priceUnknown")}</span>
      </span>
    );
  }
  return usd === 0 ? <Badge tone="ok">{fixedWords(say, "free")}</Badge> : <>{formatPerMillion(usd)}</>;
}
