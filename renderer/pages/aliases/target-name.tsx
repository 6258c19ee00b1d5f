import { Split } from "lucide-react";
import type { ReactNode } from "react";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { useText } from "../../text/texts.ts";

/** A target as rows show it: the provider's mark and name, and the model in letters of one width. */
export function TargetName({
  provider,
  model,
  reference,
  providerName,
}: {
  readonly provider: string | null;
  readonly model: string | null;
  /** The alias or saved config that stands here; null where none does. */
  readonly reference: string | null;
  readonly providerName: string | null;
}): ReactNode {
  const say = useText("aliases");
  if (reference !== null) {
    return (
      <span className="flex min-w-0 items-center gap-2">
        <span aria-hidden="true" className="grid size-5 shrink-0 place-items-center rounded-control bg-accent-soft text-accent-ink">
          <Split className="size-3.5" />
        </span>
        <span className="truncate font-mono text-small">{reference}</span>
        <span className="shrink-0 text-small text-ink-muted">{say("isAlias")}</span>
      </span>
    );
  }
  const name = providerName ?? provider;
  return (
    <span className="flex min-w-0 items-center gap-2">
      {name === null || provider === null ? null : <ProviderMark id={provider} name={name} />}
      <span className="min-w-0">
        {/* A model's end tells it from its kin: it wraps rather than being cut. */}
        <span className="block font-mono text-small break-words">{model ?? say("callersModel")}</span>
        {name === null ? null : <span className="block truncate text-small text-ink-muted">{name}</span>}
      </span>
    </span>
  );
}
