import { Globe, ShieldQuestion } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import type { PermissionRequest } from "#shared/contract/requests.ts";
import { Ago } from "../../parts/ago.tsx";
import { Button } from "../../parts/button.tsx";
import { Keys } from "../../parts/keys.tsx";
import { type Say, useText } from "../../text/texts.ts";

interface RequestCardProps {
  readonly request: PermissionRequest;
  readonly isBusy: boolean;
  readonly onAllowOnce: () => void;
  readonly onAllowWithLimits: () => void;
  readonly onRefuse: () => void;
}

/** Somebody who was refused: what they claim, what they brought, and what to do. With the focus anywhere in it, O, L and R answer. */
export function RequestCard({ request, isBusy, onAllowOnce, onAllowWithLimits, onRefuse }: RequestCardProps): ReactNode {
  const say = useText("tools");
  const title = useId();
  const card = useRef<HTMLElement>(null);
  const { hasCredential, userAgent, model, endpoint, count, lastSeenAtMs } = request;
  const answer = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy) return;
    const answers: Readonly<Record<string, (() => void) | undefined>> = {
      o: hasCredential ? onAllowOnce : undefined,
      l: onAllowWithLimits,
      r: onRefuse,
    };
    const act = answers[event.key.toLowerCase()];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  return (
    <article
      ref={card}
      tabIndex={0}
      aria-labelledby={title}
      onKeyDown={answer}
      className="animate-appear flex gap-3 rounded-card border border-warn/40 bg-surface p-4 shadow-card"
    >
      <div aria-hidden="true" className="grid size-8 shrink-0 place-items-center rounded-control bg-warn-soft text-warn">
        {request.origin === null ? <ShieldQuestion className="size-4" /> : <Globe className="size-4" />}
      </div>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h3 id={title} className="font-semibold break-words">
            {who(request, say)}
          </h3>
          <p className="text-small text-ink-muted">
            {say("requestCount", { count })} · <Ago atMs={lastSeenAtMs} />
          </p>
        </div>
        <p className="mt-1 break-words">
          {model === null && endpoint === null
            ? say("wantedAnything")
            : say("wanted", { what: [model, endpoint].filter(Boolean).join(" · ") })}
          {". "}
          {request.grant === null ? `${say(hasCredential ? "broughtKey" : "broughtNothing")}.` : ""}
        </p>
        {userAgent === null ? null : <p className="mt-1 truncate font-mono text-small text-ink-muted">{userAgent}</p>}
        <p className="mt-1 text-small text-ink-muted">{say("claimHelp")}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button kind="primary" size="small" disabled={isBusy} onClick={onAllowWithLimits}>
            {say("allowLimits")}
            <KeyHint of="l" />
          </Button>
          {hasCredential ? (
            <Button size="small" disabled={isBusy} title={say("allowOnceHelp")} onClick={onAllowOnce}>
              {say("allowOnce")}
              <Keys shortcut="o" />
            </Button>
          ) : null}
          <Button size="small" kind="quiet" disabled={isBusy} onClick={onRefuse}>
            {say("refuse")}
            <Keys shortcut="r" />
          </Button>
        </div>
      </div>
    </article>
  );
}

/** The key's letter on a coloured button. */
function KeyHint({ of }: { readonly of: string }): ReactNode {
  return (
    <kbd className="grid h-4 min-w-4 place-items-center rounded-[4px] border border-current px-1 font-sans text-caption opacity-80">
      {of.toUpperCase()}
    </kbd>
  );
}

/** Who asks, as a claim. */
export function who({ grant, origin, tool }: PermissionRequest, say: Say<"tools">): string {
  if (grant !== null) return say("hasGrant", { name: grant });
  if (origin !== null) return say("claimsPage", { origin });
  return tool === null ? say("claimsNothing") : say("claimsName", { name: tool });
}
