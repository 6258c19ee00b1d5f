import { CornerDownRight, KeyRound, MessageSquare, Repeat2, Timer } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { ProviderMark } from "../../../parts/provider-mark.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { formatDuration, formatMoney, formatShare } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { Standing } from "../standing.tsx";
import { healthOf } from "../target-health.ts";
import type { AliasWorld } from "../use-world.ts";
import { type DrawnGroup, type DrawnNode, type DrawnTarget, isReached } from "./route-tree.ts";

interface DrawingProps {
  readonly node: DrawnNode;
  readonly world: AliasWorld;
}

/** Where a request would go, drawn: a box for each target, joined by lines, in the order of the tries. A list for who does not see it. */
export function RouteDrawing({ node, world }: DrawingProps): ReactNode {
  const say = useText("aliases");
  return (
    <ol aria-label={say("drawing")} className="flex flex-col">
      <li className="flex items-center gap-2 self-start rounded-full border border-line bg-surface py-1 pr-3 pl-2 text-small shadow-card">
        <MessageSquare aria-hidden="true" className="size-3.5 text-ink-muted" />
        {say("theRequest")}
      </li>
      <Branch node={node} world={world} isLast />
    </ol>
  );
}

/** A node with the line that leads to it from the one above. */
function Branch({ node, world, isLast }: DrawingProps & { readonly isLast: boolean }): ReactNode {
  const reached = isReached(node);
  const line = reached ? "border-accent" : "border-dashed border-line-strong/60";
  return (
    <li className="relative pt-3 pl-6">
      <span aria-hidden="true" className={classNames("absolute top-0 left-2.5 h-8 w-3.5 rounded-bl-control border-b border-l", line)} />
      {isLast ? null : (
        <span aria-hidden="true" className="absolute top-8 bottom-0 left-2.5 border-l border-dashed border-line-strong/60" />
      )}
      {node.kind === "group" ? <GroupBox node={node} world={world} /> : <TargetBox node={node} world={world} />}
    </li>
  );
}

function GroupBox({ node, world }: { readonly node: DrawnGroup; readonly world: AliasWorld }): ReactNode {
  const say = useText("aliases");
  const reached = isReached(node);
  return (
    <div>
      <div className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 py-1.5">
        <span className={classNames("rounded-control bg-hover px-2 py-1 text-small font-medium", !reached && "text-ink-muted")}>
          {say(`mode-${node.mode}`)}
        </span>
        {node.name === null ? null : <span className="font-mono text-small text-ink-muted">{node.name}</span>}
        <span className="text-small text-ink-muted">{reached ? sayWhy(node) : notReached(node, say)}</span>
      </div>
      <ol className="flex flex-col">
        {node.children.map((child, index) => (
          <Branch key={child.path} node={child} world={world} isLast={index === node.children.length - 1} />
        ))}
      </ol>
    </div>
  );
}

function TargetBox({ node, world }: { readonly node: DrawnTarget; readonly world: AliasWorld }): ReactNode {
  const say = useText("aliases");
  const { tried, skipped, provider, model, beside } = node;
  const providerName = provider === null ? null : (world.providers.get(provider)?.name ?? provider);
  const standing = healthOf({ provider, model, keyName: null }, world);
  return (
    <div
      className={classNames(
        "rounded-card border p-2.5",
        tried === null ? "border-dashed border-line-strong/60" : "border-line bg-surface shadow-card",
        tried?.order === 1 && "!border-accent",
      )}
    >
      <div className="flex items-center gap-2">
        {tried === null ? null : (
          <span
            className={classNames(
              "grid size-5 shrink-0 place-items-center rounded-full text-caption font-semibold",
              tried.order === 1 ? "bg-accent text-on-accent" : "bg-hover text-ink-soft",
            )}
          >
            <span className="sr-only">{say("orderOf", { number: tried.order })} </span>
            <span aria-hidden="true">{tried.order}</span>
          </span>
        )}
        {provider === null || providerName === null ? null : <ProviderMark id={provider} name={providerName} />}
        <span className="min-w-0 flex-1">
          <span className={classNames("block font-mono text-small break-words", tried === null && "text-ink-muted")}>
            {model ?? node.name}
          </span>
          {providerName === null ? null : <span className="block text-small text-ink-muted">{providerName}</span>}
        </span>
        {beside.share === null ? null : <Badge>{formatShare(beside.share)}</Badge>}
        <Standing health={standing} isQuiet={tried === null || standing.standing !== "ready"} />
      </div>
      {tried === null ? (
        <p className="mt-1.5 text-small break-words text-ink-muted">
          {skipped === null ? notReached(node, say) : sayReason(skipped, say)}
          {standing.standing === "no-key" ? (
            <>
              {" "}
              <a href={hashOf("keys")} className="text-accent-ink underline underline-offset-2">
                {say("addKey")}
              </a>
            </>
          ) : null}
        </p>
      ) : (
        <Facts tried={tried} />
      )}
    </div>
  );
}

function Facts({ tried }: { readonly tried: NonNullable<DrawnTarget["tried"]> }): ReactNode {
  const say = useText("aliases");
  const { key, retries, requestTimeoutMs, deadlineMs, costMicroUsd, cached, order, dialect, customHost } = tried;
  const facts: readonly (readonly [ReactNode, string])[] = [
    ...(order === 1 ? [] : [[<CornerDownRight key="when" className="size-3.5" />, sayWhen(tried.when, say)] as const]),
    [
      <KeyRound key="key" className="size-3.5" />,
      key.kind === "none" ? say("noKeyNeeded") : key.name === null ? say("usualKey") : say("keyNamed", { name: key.name }),
    ],
    ...(retries === 0 ? [] : [[<Repeat2 key="retries" className="size-3.5" />, say("retrySet", { count: retries })] as const]),
    ...(requestTimeoutMs === null
      ? []
      : [[<Timer key="timeout" className="size-3.5" />, say("timeoutSet", { time: formatDuration(requestTimeoutMs) })] as const]),
    ...(deadlineMs === null
      ? []
      : [[<Timer key="deadline" className="size-3.5" />, say("deadlineSet", { time: formatDuration(deadlineMs) })] as const]),
  ];
  return (
    <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1 text-small text-ink-soft">
      {facts.map(([icon, words]) => (
        <li key={words} className="flex items-center gap-1">
          <span aria-hidden="true" className="text-ink-muted">
            {icon}
          </span>
          {words}
        </li>
      ))}
      {cached ? <li>{say("fromCache")}</li> : null}
      <li className="text-ink-muted">{say("speaks", { dialect })}</li>
      {customHost === null ? null : <li className="font-mono break-all">{customHost}</li>}
      <li className="font-medium">{costMicroUsd === null ? say("costUnknown") : say("costOf", { cost: formatMoney(costMicroUsd) })}</li>
    </ul>
  );
}

/** The planner's words, where they say more than the way to choose does. */
function sayWhy({ mode, why }: DrawnGroup): string | null {
  return mode === "conditional" || mode === "loadbalance" ? why : null;
}

type SayAliases = ReturnType<typeof useText<"aliases">>;

function notReached({ beside }: DrawnNode, say: SayAliases): string {
  switch (beside.mode) {
    case "loadbalance":
      return say("notDrawn");
    case "conditional":
      return say("notThisCondition");
    case "single":
      return say("onlyFirst");
    default:
      return say("notTried");
  }
}

function sayReason({ reason, message }: NonNullable<DrawnTarget["skipped"]>, say: SayAliases): string {
  return reason === "weight" ? say("weightZero") : message;
}

/** The planner names targets by their place; here the box above is meant. */
function sayWhen(when: string, say: SayAliases): string {
  const statuses = /^after status ([\d, ]+) of/.exec(when)?.[1];
  return statuses === undefined ? say("afterFailure") : say("afterStatus", { statuses });
}
