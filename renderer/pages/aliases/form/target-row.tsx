import { ArrowDown, ArrowUp, ChevronRight, CopyPlus, GripVertical, Layers, MoreHorizontal, Trash2 } from "lucide-react";
import type { DragEvent, ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Badge } from "../../../parts/badge.tsx";
import { IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { Menu } from "../../../parts/menu.tsx";
import { formatShare } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { nameTarget, shareOf } from "../describe-config.ts";
import { type Leaf, settle } from "../draft/find-leaves.ts";
import { asGroup, idOfNode, isBlank, type NodePath, patchNode } from "../draft/nodes.ts";
import { Standing } from "../standing.tsx";
import { TargetName } from "../target-name.tsx";
import { healthOf } from "../target-health.ts";
import { useForm } from "./form-context.ts";
import { TargetForm } from "./target-form.tsx";
import { readNumber, useTextValue } from "./text-value.ts";

interface TargetRowProps {
  readonly node: StoredConfig;
  readonly path: NodePath;
  /** The group that it stands in. */
  readonly group: StoredConfig;
  readonly index: number;
  /** What the nodes around it say. */
  readonly from: Leaf;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
  readonly onCopy: () => void;
  readonly drag: {
    readonly isOver: boolean;
    readonly onDragStart: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
    readonly onDragEnd: () => void;
  };
}

/** One target of a group: what it is, how it stands, its place or its share, and, opened, everything about it. */
export function TargetRow({ node, path, group, index, from, onMove, onRemove, onCopy, drag }: TargetRowProps): ReactNode {
  const say = useText("aliases");
  const { world, change, messageAt, isOpen, setOpen, GroupForm } = useForm();
  const id = idOfNode(node);
  const here = settle(node, from);
  const mode = group.strategy?.mode ?? "fallback";
  const isGroup = node.targets !== undefined;
  const open = isOpen(id);
  const title = isGroup ? (node.name ?? say("group")) : (nameTarget(node) ?? say("target", { number: index + 1 }));
  const count = group.targets?.length ?? 0;
  const message = messageAt(path);
  const reference =
    node.config ??
    (here.provider === null && node.model !== undefined && world.find(node.model, "model") !== undefined ? node.model : null);
  return (
    <li
      onDragOver={drag.onDragOver}
      onDrop={drag.onDrop}
      className={classNames("bg-surface first:rounded-t-card last:rounded-b-card", drag.isOver && "ring-2 ring-accent ring-inset")}
    >
      <div className="flex min-h-13 items-center gap-1.5 py-1.5 pr-2 pl-1">
        <span
          draggable
          aria-hidden="true"
          title={say("drag")}
          data-drag={title}
          onDragStart={drag.onDragStart}
          onDragEnd={drag.onDragEnd}
          className="grid h-8 w-5 shrink-0 cursor-grab place-items-center text-ink-muted"
        >
          <GripVertical className="size-4" />
        </span>
        {mode === "loadbalance" ? null : (
          <span aria-hidden="true" className="w-5 shrink-0 text-center text-small text-ink-muted">
            {index + 1}
          </span>
        )}
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(id, !open)}
          className="flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-1 text-left"
        >
          {isGroup ? (
            <span className="flex min-w-0 items-center gap-2">
              <span aria-hidden="true" className="grid size-5 shrink-0 place-items-center rounded-control bg-hover text-ink-soft">
                <Layers className="size-3.5" />
              </span>
              <span className="truncate">{title}</span>
              <span className="shrink-0 text-small text-ink-muted">
                {say(`mode-${node.strategy?.mode ?? "fallback"}`)} · {say("targetCount", { count: node.targets?.length ?? 0 })}
              </span>
            </span>
          ) : isBlank(node) && here.provider === null && here.model === null ? (
            <span className="text-ink-muted">{say("blankTarget")}</span>
          ) : (
            <TargetName
              provider={here.provider}
              model={here.model}
              reference={reference}
              providerName={here.provider === null ? null : (world.providers.get(here.provider)?.name ?? null)}
            />
          )}
          <span className="sr-only">{say("targetDetails")}</span>
          {mode === "conditional" && node.name !== undefined && !isGroup && !title.endsWith(node.name) ? <Badge>{node.name}</Badge> : null}
        </button>
        {isGroup || reference !== null ? null : <Standing health={healthOf(here, world)} isQuiet />}
        {mode === "loadbalance" ? <Weight node={node} path={path} share={shareOf(group.targets ?? [], index)} title={title} /> : null}
        <span className="flex shrink-0">
          <IconButton
            size="small"
            data-move={`${id}-up`}
            disabled={index === 0}
            label={say("moveUp", { name: title })}
            icon={<ArrowUp aria-hidden="true" className="size-4" />}
            onClick={() => onMove(index - 1)}
          />
          <IconButton
            size="small"
            data-move={`${id}-down`}
            disabled={index === count - 1}
            label={say("moveDown", { name: title })}
            icon={<ArrowDown aria-hidden="true" className="size-4" />}
            onClick={() => onMove(index + 1)}
          />
          <Menu
            trigger={
              <IconButton
                size="small"
                label={say("more", { name: title })}
                icon={<MoreHorizontal aria-hidden="true" className="size-4" />}
              />
            }
            items={[
              {
                words: say(open ? "closeDetails" : "openDetails"),
                icon: <ChevronRight className="size-4" />,
                onSelect: () => setOpen(id, !open),
              },
              { words: say("duplicate"), icon: <CopyPlus className="size-4" />, onSelect: onCopy },
              ...(isGroup
                ? []
                : [
                    {
                      words: say("makeGroup"),
                      icon: <Layers className="size-4" />,
                      onSelect: () => change(path, (former) => asGroup(former, false)),
                    },
                  ]),
              null,
              {
                words: say("removeTarget"),
                icon: <Trash2 className="size-4" />,
                isDanger: true,
                isDisabled: count < 2,
                onSelect: onRemove,
              },
            ]}
          />
        </span>
      </div>
      {message !== null && !open ? <p className="pr-3 pb-2 pl-13 text-small break-words text-bad">{message}</p> : null}
      {open ? (
        <div className="border-t border-line bg-canvas py-3 pr-3 pl-5">
          {isGroup ? <GroupForm node={node} path={path} from={here} /> : <TargetForm node={node} path={path} group={group} here={here} />}
        </div>
      ) : null}
    </li>
  );
}

function Weight({
  node,
  path,
  share,
  title,
}: {
  readonly node: StoredConfig;
  readonly path: NodePath;
  readonly share: number;
  readonly title: string;
}): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const [text, setText] = useTextValue<number | undefined>(node.weight ?? 1, {
    write: (weight) => (weight === undefined ? "" : String(weight)),
    read: readNumber,
    onChange: (weight) => change(path, (former) => patchNode(former, { weight })),
  });
  const message = messageAt(path, "weight");
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <input
        aria-label={say("weightOf", { name: title })}
        aria-invalid={message !== null}
        title={message ?? say("weight")}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="h-7 w-12 rounded-control border border-line-strong/60 bg-surface px-1.5 text-right hover:border-line-strong focus:border-accent aria-invalid:border-bad"
      />
      <output className="w-11 text-right text-small text-ink-soft">{formatShare(share)}</output>
    </span>
  );
}
