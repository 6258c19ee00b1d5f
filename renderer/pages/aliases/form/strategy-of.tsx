import type { ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { Strategy, StrategyMode } from "#shared/schema/routing-strategy.ts";
import { Select } from "../../../parts/select.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import { type NodePath, patchNode } from "../draft/nodes.ts";
import { blankCondition, ConditionsOf, withNames } from "./conditions-of.tsx";
import { makeCondition } from "./make-condition.ts";
import { useForm } from "./form-context.ts";
import { writeQuery } from "./query-parts.ts";
import { NumberField, StatusesField } from "./value-fields.tsx";

type StickyBy = "nothing" | "user" | "conversation" | "metadata" | "headers" | "params" | "several";

/** As people meet them: the usual one first. */
const offered: readonly StrategyMode[] = ["fallback", "loadbalance", "conditional", "fastest", "cheapest", "single"];

/** How a group chooses among its targets, and what belongs to that way. */
export function StrategyOf({ node, path }: { readonly node: StoredConfig; readonly path: NodePath }): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const mode = node.strategy?.mode ?? "fallback";
  const setStrategy = (strategy: Strategy): void => change(path, (former) => patchNode(former, { strategy: clean(strategy) }));
  const keepsOn = mode === "fallback" || mode === "fastest" || mode === "cheapest";
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-[minmax(0,14rem)_minmax(0,1fr)] items-center gap-3 narrow:grid-cols-1">
        <Select<StrategyMode>
          label={path.length === 0 ? say("strategy") : say("strategyOf", { name: node.name ?? say("group") })}
          value={mode}
          choices={offered.map((value) => ({ value, words: say(`mode-${value}`) }))}
          onChange={(next) => change(path, (former) => switchMode(former, next))}
        />
        <p className="text-small text-ink-muted">{say(`modeHelp-${mode}`)}</p>
      </div>
      {messageAt(path, "strategy", "mode") === null ? null : <p className="text-small text-bad">{messageAt(path, "strategy", "mode")}</p>}
      {keepsOn ? (
        <StatusesField
          label={say("goesOnAt")}
          help={say("goesOnAtHelp")}
          placeholder={say("anyFailure")}
          value={node.strategy?.on_status_codes}
          onChange={(statuses) => setStrategy({ ...node.strategy, mode, on_status_codes: statuses })}
          error={messageAt(path, "strategy", "on_status_codes")}
        />
      ) : null}
      {mode === "loadbalance" ? <StickyFields node={node} path={path} setStrategy={setStrategy} /> : null}
      {mode === "conditional" ? <ConditionsOf node={node} path={path} /> : null}
      {mode === "loadbalance" && messageAt(path, "targets") !== null && node.targets?.every(({ weight }) => weight === 0) === true ? (
        <p className="text-small text-bad">{say("allWeightsZero")}</p>
      ) : null}
    </div>
  );
}

function StickyFields({
  node,
  path,
  setStrategy,
}: {
  readonly node: StoredConfig;
  readonly path: NodePath;
  readonly setStrategy: (strategy: Strategy) => void;
}): ReactNode {
  const say = useText("aliases");
  const { messageAt } = useForm();
  const strategy: Strategy = node.strategy ?? { mode: "loadbalance" };
  const key = strategy.sticky_session === undefined ? "sticky" : "sticky_session";
  const sticky = strategy[key];
  const by = kindOf(sticky);
  const place = sticky?.by ?? "";
  const choices: readonly StickyBy[] = [
    "nothing",
    "conversation",
    "user",
    "metadata",
    "headers",
    "params",
    ...(by === "several" ? (["several"] as const) : []),
  ];
  const choose = (next: StickyBy): void => {
    if (next === "several") return;
    const named = next === "nothing" ? undefined : next === "user" || next === "conversation" ? next : `${next}.`;
    setStrategy({ ...strategy, [key]: named === undefined ? undefined : { ...sticky, hash_fields: undefined, by: named } });
  };
  return (
    <div className="grid grid-cols-2 gap-3">
      <Field label={say("sticky")} error={messageAt(path, "strategy", key, "by")}>
        <Select<StickyBy> value={by} choices={choices.map((value) => ({ value, words: say(`sticky-${value}`) }))} onChange={choose} />
      </Field>
      {by === "metadata" || by === "headers" || by === "params" ? (
        <Field label={say("stickyName")}>
          <Input
            value={place.slice(place.indexOf(".") + 1)}
            onChange={(event) => setStrategy({ ...strategy, [key]: { ...sticky, by: `${by}.${event.target.value}` } })}
          />
        </Field>
      ) : null}
      {by === "nothing" ? null : (
        <NumberField
          label={say("stickyFor")}
          help={say("stickyForHelp")}
          unit={say("seconds")}
          value={sticky?.ttl}
          onChange={(ttl) => setStrategy({ ...strategy, [key]: { ...sticky, ttl } })}
          error={messageAt(path, "strategy", key, "ttl")}
        />
      )}
    </div>
  );
}

function kindOf(sticky: Strategy["sticky"]): StickyBy {
  if (sticky === undefined || sticky.enabled === false) return "nothing";
  if (sticky.hash_fields !== undefined) return "several";
  const word = sticky.by?.split(".", 1)[0];
  return word === "user" || word === "conversation" || word === "metadata" || word === "headers" || word === "params" ? word : "nothing";
}

/** Another way to choose; what only belonged to the former one goes. */
function switchMode(node: StoredConfig, mode: StrategyMode): StoredConfig {
  const kept: Strategy = { mode, on_status_codes: node.strategy?.on_status_codes, cb_config: node.strategy?.cb_config };
  if (mode !== "conditional") return patchNode(node, { strategy: clean(kept) });
  const targets = withNames(node.targets ?? []);
  const condition = makeCondition(writeQuery(blankCondition), targets[0]?.name ?? "");
  return patchNode(node, { targets, strategy: clean({ ...kept, conditions: [condition], default: targets.at(-1)?.name }) });
}

function clean(strategy: Strategy): Strategy {
  const members = Object.entries(strategy).map(([key, value]) => [
    key,
    (key === "sticky" || key === "sticky_session") && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
      : value,
  ]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Strategy;
}
