import { ArrowDown, ArrowUp, CornerDownRight, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { Strategy } from "#shared/schema/routing-strategy.ts";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Select } from "../../../parts/select.tsx";
import { useText } from "../../../text/texts.ts";
import { nameTarget } from "../describe-config.ts";
import { moveItem, type NodePath, patchNode } from "../draft/nodes.ts";
import { freeName } from "../stored-calls.ts";
import { ConditionFields } from "./condition-fields.tsx";
import { useForm } from "./form-context.ts";
import { type Condition, makeCondition } from "./make-condition.ts";
import { flattenQuery, type FlatQuery, sayQuery, writeQuery } from "./query-parts.ts";

interface ConditionsProps {
  readonly node: StoredConfig;
  readonly path: NodePath;
}

/** A comparison that still asks for nothing. */
export const blankCondition: FlatQuery = { joint: "all", parts: [{ place: "metadata.", operator: "$eq", operand: "" }] };

/** The conditions of a strategy, in plain words: the first that holds decides. */
export function ConditionsOf({ node, path }: ConditionsProps): ReactNode {
  const say = useText("aliases");
  const { change } = useForm();
  const conditions = node.strategy?.conditions ?? [];
  const setStrategy = (members: Partial<Strategy>): void =>
    change(path, (former) => patchNode(former, { strategy: { mode: "conditional", ...former.strategy, ...members } }));
  const setConditions = (next: readonly Condition[]): void => setStrategy({ conditions: [...next] });
  return (
    <div className="flex flex-col gap-3">
      <ol className="flex flex-col gap-3">
        {conditions.map((condition, index) => (
          // Conditions have no name, and no focus to lose: their place is who they are.
          <ConditionCard
            key={index}
            node={node}
            path={path}
            condition={condition}
            index={index}
            conditions={conditions}
            onChange={setConditions}
          />
        ))}
      </ol>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Button
          size="small"
          kind="quiet"
          className="-ml-2.5"
          icon={<Plus aria-hidden="true" className="size-4" />}
          onClick={() =>
            setConditions([...conditions, makeCondition(writeQuery(blankCondition), conditions[0]?.then ?? node.targets?.[0]?.name ?? "")])
          }
        >
          {say("addCondition")}
        </Button>
        <div className="flex items-center gap-2">
          <span className="text-ink-muted">{say("otherwise")}</span>
          <GoesTo
            node={node}
            path={path}
            label={say("otherwise")}
            value={node.strategy?.default}
            onChange={(name, targets) =>
              change(path, (former) => patchNode(former, { targets, strategy: { mode: "conditional", ...former.strategy, default: name } }))
            }
          />
        </div>
      </div>
    </div>
  );
}

function ConditionCard({
  node,
  path,
  condition,
  index,
  conditions,
  onChange,
}: ConditionsProps & {
  readonly condition: Condition;
  readonly index: number;
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const number = index + 1;
  const flat = flattenQuery(condition.query);
  const message = messageAt(path, "strategy", "conditions", index);
  const isBlank = flat?.parts.some(({ place }) => place.endsWith(".")) === true;
  const setQuery = (next: FlatQuery): void =>
    onChange(conditions.map((one, at) => (at === index ? makeCondition(writeQuery(next), one.then) : one)));
  return (
    <li className="rounded-control border border-line bg-canvas p-3">
      <div className="mb-2 flex items-center gap-2">
        <span className="font-medium">{say("conditionNumber", { number })}</span>
        {flat === null || flat.parts.length < 2 ? null : (
          <Select<"all" | "any">
            label={say("conditionJoint", { number })}
            value={flat.joint}
            choices={[
              { value: "all", words: say("jointAll") },
              { value: "any", words: say("jointAny") },
            ]}
            onChange={(joint) => setQuery({ ...flat, joint })}
            className="!h-7 !w-44"
          />
        )}
        <span className="flex-1" />
        <IconButton
          size="small"
          disabled={index === 0}
          label={say("conditionUp", { number })}
          icon={<ArrowUp aria-hidden="true" className="size-4" />}
          onClick={() => onChange(moveItem(conditions, index, index - 1))}
        />
        <IconButton
          size="small"
          disabled={index === conditions.length - 1}
          label={say("conditionDown", { number })}
          icon={<ArrowDown aria-hidden="true" className="size-4" />}
          onClick={() => onChange(moveItem(conditions, index, index + 1))}
        />
        <IconButton
          size="small"
          disabled={conditions.length === 1}
          label={say("removeCondition", { number })}
          icon={<Trash2 aria-hidden="true" className="size-4" />}
          onClick={() => onChange(conditions.filter((_, at) => at !== index))}
        />
      </div>
      {flat === null ? (
        <p className="break-words text-ink-soft">
          {sayQuery(condition.query, say)} <span className="text-small text-ink-muted">{say("tooDeep")}</span>
        </p>
      ) : (
        <div className="flex flex-col gap-2">
          {flat.parts.map((part, at) => (
            <ConditionFields
              key={at}
              part={part}
              number={at + 1}
              onChange={(next) => setQuery({ ...flat, parts: flat.parts.map((one, place) => (place === at ? next : one)) })}
              onRemove={flat.parts.length === 1 ? null : () => setQuery({ ...flat, parts: flat.parts.filter((_, place) => place !== at) })}
            />
          ))}
        </div>
      )}
      <div className="mt-2 flex flex-wrap items-center justify-between gap-2">
        <div className="flex items-center gap-2">
          <CornerDownRight aria-hidden="true" className="size-4 text-ink-muted" />
          <span className="text-ink-muted">{say("goesTo")}</span>
          <GoesTo
            node={node}
            path={path}
            label={say("conditionTarget", { number })}
            value={condition.then}
            onChange={(name, targets) =>
              change(path, (former) =>
                patchNode(former, {
                  targets,
                  strategy: {
                    mode: "conditional",
                    ...former.strategy,
                    conditions: conditions.map((one, at) => (at === index ? makeCondition(one.query, name) : one)),
                  },
                }),
              )
            }
          />
        </div>
        {flat === null ? null : (
          <Button
            size="small"
            kind="quiet"
            icon={<Plus aria-hidden="true" className="size-4" />}
            onClick={() => setQuery({ ...flat, parts: [...flat.parts, ...blankCondition.parts] })}
          >
            {say("addComparison")}
          </Button>
        )}
      </div>
      {message === null ? null : <p className="mt-2 text-small text-bad">{isBlank ? say("conditionBlank") : message}</p>}
    </li>
  );
}

/** Chooses a target by what it is; one that has no name yet gets one, since conditions go by names. */
function GoesTo({
  node,
  label,
  value,
  onChange,
}: ConditionsProps & {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (name: string, targets: StoredConfig[]) => void;
}): ReactNode {
  const say = useText("aliases");
  const targets = node.targets ?? [];
  const index = targets.findIndex((target) => target.name !== undefined && target.name === value);
  return (
    <Select
      label={label}
      placeholder={say("chooseTarget")}
      value={index === -1 ? null : String(index)}
      choices={targets.map((target, at) => ({ value: String(at), words: labelOf(target, say("target", { number: at + 1 })) }))}
      onChange={(chosen) => {
        const named = withNames(targets);
        onChange(named[Number(chosen)]?.name ?? "", named);
      }}
      className="!h-7 !w-52"
    />
  );
}

/** Targets with a name each: the end of the model's, where one has none. */
export function withNames(targets: readonly StoredConfig[]): StoredConfig[] {
  const taken = targets.flatMap(({ name }) => name ?? []);
  return targets.map((target, index) => {
    if (target.name !== undefined) return target;
    const name = freeName((nameTarget(target) ?? `target-${String(index + 1)}`).split("/").at(-1) ?? "", taken);
    taken.push(name);
    return patchNode(target, { name });
  });
}

function labelOf(target: StoredConfig, otherwise: string): string {
  const what = nameTarget(target);
  if (what === null) return target.name ?? otherwise;
  return target.name === undefined || what.endsWith(target.name) ? what : `${target.name} (${what})`;
}
