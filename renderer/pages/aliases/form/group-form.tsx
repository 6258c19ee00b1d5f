import { Layers, Plus } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Button } from "../../../parts/button.tsx";
import { useText } from "../../../text/texts.ts";
import { nameTarget } from "../describe-config.ts";
import { idOfNode, moveItem, patchNode } from "../draft/nodes.ts";
import { withNames } from "./conditions-of.tsx";
import { type GroupProps, useForm } from "./form-context.ts";
import { OptionsOf } from "./options-of.tsx";
import { StrategyOf } from "./strategy-of.tsx";
import { membersOf } from "./target-form.tsx";
import { TargetPicker } from "./target-picker.tsx";
import { TargetRow } from "./target-row.tsx";

/** A group inside another: its way to choose, its targets, and how all of them are called. */
export function GroupForm({ node, path, from }: GroupProps): ReactNode {
  const say = useText("aliases");
  return (
    <div className="flex flex-col gap-3">
      <StrategyOf node={node} path={path} />
      <TargetList node={node} path={path} from={from} />
      <h3 className="mt-1 text-small font-medium text-ink-soft">{say("forAll")}</h3>
      <OptionsOf node={node} path={path} />
    </div>
  );
}

/** The targets of a group, put in order by dragging or by buttons, and added at its end. */
export function TargetList({ node, path, from }: GroupProps): ReactNode {
  const say = useText("aliases");
  const { change, setOpen, messageAt } = useForm();
  const targets = node.targets ?? [];
  const list = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [news, setNews] = useState("");
  const focusNext = useRef<{ readonly id: string; readonly direction: "up" | "down" } | null>(null);
  // A row that moves in the document loses the focus: it is given back, to the other arrow at either end.
  useLayoutEffect(() => {
    const wanted = focusNext.current;
    focusNext.current = null;
    if (wanted === null) return;
    const find = (direction: string): HTMLButtonElement | null | undefined =>
      list.current?.querySelector<HTMLButtonElement>(`[data-move="${wanted.id}-${direction}"]`);
    const button = find(wanted.direction);
    (button?.disabled === false ? button : find(wanted.direction === "up" ? "down" : "up"))?.focus();
  });

  const setTargets = (next: readonly StoredConfig[]): void =>
    change(path, (former) => patchNode(former, { targets: former.strategy?.mode === "conditional" ? withNames(next) : [...next] }));

  function move(index: number, to: number, isByKey: boolean): void {
    const target = targets[index];
    if (target === undefined || to < 0 || to >= targets.length || to === index) return;
    if (isByKey) focusNext.current = { id: idOfNode(target), direction: to < index ? "up" : "down" };
    setNews(say("moved", { name: nameTarget(target) ?? say("group"), place: to + 1, count: targets.length }));
    setTargets(moveItem(targets, index, to));
  }

  function remove(index: number): void {
    setTargets(targets.filter((_, at) => at !== index));
    setNews(say("targetRemoved", { name: nameTarget(targets[index] ?? {}) ?? say("group") }));
  }

  const add = (target: StoredConfig): void => {
    setTargets([...targets, target]);
    if (target.targets !== undefined) setOpen(idOfNode(target), true);
  };
  const message = targets.length === 0 ? messageAt(path, "targets") : null;
  return (
    <div ref={list}>
      <ol aria-label={say("targets")} className="divide-y divide-line rounded-card border border-line shadow-card">
        {targets.map((target, index) => (
          <TargetRow
            key={idOfNode(target)}
            node={target}
            path={[...path, index]}
            group={node}
            index={index}
            from={from}
            onMove={(to) => move(index, to, true)}
            onRemove={() => remove(index)}
            onCopy={() => setTargets([...targets.slice(0, index + 1), withoutName(structuredClone(target)), ...targets.slice(index + 1)])}
            drag={{
              isOver: over === index && dragged !== null && dragged !== index,
              onDragStart: (event) => {
                event.stopPropagation();
                event.dataTransfer.effectAllowed = "move";
                event.dataTransfer.setData("text/plain", nameTarget(target) ?? "");
                setDragged(index);
              },
              onDragOver: (event) => {
                if (dragged === null) return;
                event.preventDefault();
                event.stopPropagation();
                setOver(index);
              },
              onDrop: (event) => {
                if (dragged === null) return;
                event.preventDefault();
                event.stopPropagation();
                move(dragged, index, false);
                setDragged(null);
                setOver(null);
              },
              onDragEnd: () => {
                setDragged(null);
                setOver(null);
              },
            }}
          />
        ))}
      </ol>
      {message === null ? null : <p className="mt-1 text-small text-bad">{message}</p>}
      <div className="mt-2 flex gap-1">
        <TargetPicker
          label={say("addTarget")}
          trigger={
            <Button size="small" icon={<Plus aria-hidden="true" className="size-4" />}>
              {say("addTarget")}
            </Button>
          }
          onPick={(choice) => add(patchNode({}, membersOf(choice)))}
        />
        <Button
          size="small"
          kind="quiet"
          icon={<Layers aria-hidden="true" className="size-4" />}
          onClick={() => add({ strategy: { mode: "fallback" }, targets: [{}] })}
        >
          {say("addGroup")}
        </Button>
      </div>
      <p role="status" className="sr-only">
        {news}
      </p>
    </div>
  );
}

/** A copy is another target: conditions keep meaning the first. */
function withoutName({ name: _name, ...rest }: StoredConfig): StoredConfig {
  return rest;
}
