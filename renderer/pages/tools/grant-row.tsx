import { Activity, KeyRound, MoreHorizontal, Pause, Pencil, Play, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { GrantActivity, GrantInfo } from "#shared/contract/grants.ts";
import { Ago } from "../../parts/ago.tsx";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Menu } from "../../parts/menu.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { formatCount, formatMoney } from "../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../text/texts.ts";
import { BudgetMeter } from "./budget-meter.tsx";
import { describePermissions } from "./describe-permissions.ts";

/** What can be done with a key. */
export interface GrantDeeds {
  readonly edit: () => void;
  readonly setPaused: (paused: boolean) => void;
  readonly replaceKey: () => void;
  readonly revoke: () => void;
  readonly showActivity: () => void;
}

interface GrantRowProps {
  readonly grant: GrantInfo;
  /** The name of the tool that goes by this grant, where there is one. */
  readonly toolName: string | null;
  readonly activity: GrantActivity | null;
  readonly deeds: GrantDeeds;
}

const states: Readonly<Record<GrantInfo["state"], { readonly tone: Tone; readonly text: TextKey<Texts["tools"]> }>> = {
  active: { tone: "ok", text: "stateActive" },
  paused: { tone: "warn", text: "statePaused" },
  expired: { tone: "bad", text: "stateExpired" },
};

/** One key: whose it is, what it may do, what is left of its budgets, and when it was used. */
export function GrantRow({ grant, toolName, activity, deeds }: GrantRowProps): ReactNode {
  const say = useText("tools");
  const { name, state, keyHint, permissions, spent } = grant;
  const callsToday = activity?.callsToday ?? 0;
  return (
    <li className="flex gap-3 p-4" aria-label={name}>
      <ProviderMark id={name} name={toolName ?? name} size="large" />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <h3 className="font-semibold break-all">{name}</h3>
          {toolName === null || toolName.toLowerCase() === name ? null : <span className="text-ink-muted">{toolName}</span>}
          <Badge tone={states[state].tone}>{say(states[state].text)}</Badge>
          <span className="font-mono text-small text-ink-muted">{keyHint === null ? say("ownCredential") : `postern_…${keyHint}`}</span>
        </div>
        <p className="mt-1 break-words text-ink-soft">{describePermissions(permissions, say).join(", ")}</p>
        {permissions.note === "" ? null : <p className="mt-0.5 break-words text-small text-ink-muted">{permissions.note}</p>}
        {spent.length === 0 ? null : (
          <div className="mt-3 grid max-w-[560px] gap-3">
            {spent.map((budget) => (
              <BudgetMeter key={`${budget.unit}/${budget.per}/${String(budget.amount)}`} budget={budget} />
            ))}
          </div>
        )}
        <p className="mt-2 flex flex-wrap gap-x-1.5 text-small text-ink-muted">
          {activity === null ? (
            <span>{say("neverSeen")}</span>
          ) : (
            <>
              <span>
                {say("lastSeen")} <Ago atMs={activity.lastSeenAtMs} />
              </span>
              <span aria-hidden="true">·</span>
              <span>
                {callsToday === 0 ? say("noCallsToday") : say("callsToday", { count: callsToday, shown: formatCount(callsToday) })}
              </span>
              {callsToday === 0 ? null : (
                <>
                  <span aria-hidden="true">·</span>
                  <span>{say("costToday", { money: formatMoney(activity.costTodayMicroUsd) })}</span>
                </>
              )}
            </>
          )}
        </p>
      </div>
      <div className="flex shrink-0 items-start gap-1">
        <Button size="small" onClick={deeds.edit} aria-label={say("editOf", { name })}>
          {say("edit")}
        </Button>
        <Menu
          trigger={<IconButton size="small" label={say("actionsOf", { name })} icon={<MoreHorizontal className="size-4" />} />}
          items={[
            { words: say("edit"), icon: <Pencil className="size-4" />, onSelect: deeds.edit },
            permissions.paused
              ? { words: say("resume"), icon: <Play className="size-4" />, onSelect: () => deeds.setPaused(false) }
              : { words: say("pause"), icon: <Pause className="size-4" />, onSelect: () => deeds.setPaused(true) },
            { words: say("replaceKey"), icon: <KeyRound className="size-4" />, onSelect: deeds.replaceKey },
            { words: say("showActivity"), icon: <Activity className="size-4" />, onSelect: deeds.showActivity },
            null,
            { words: say("revoke"), icon: <Trash2 className="size-4" />, isDanger: true, onSelect: deeds.revoke },
          ]}
        />
      </div>
    </li>
  );
}
