import type { ReactNode } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { formatPerMillion, unknownText } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";

/** US dollars for a million tokens: "Free" where it is nothing, and a dash where nobody knows. */
export function Price({ usd }: { readonly usd: number | null }): ReactNode {
  const say = useText("models");
  if (usd === null) {
    return (
      <span className="text-ink-muted">
        <span aria-hidden="true">{unknownText}</span>
        <span className="sr-only">{say("priceUnknown")}</span>
      </span>
    );
  }
  return usd === 0 ? <Badge tone="ok">{say("free")}</Badge> : <>{formatPerMillion(usd)}</>;
}
