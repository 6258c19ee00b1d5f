import { ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Button } from "../../../parts/button.tsx";
import { Select } from "../../../parts/select.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import type { Leaf } from "../draft/find-leaves.ts";
import { isBlank, type NodePath, patchNode } from "../draft/nodes.ts";
import { nameTarget } from "../describe-config.ts";
import { Standing } from "../standing.tsx";
import { healthOf } from "../target-health.ts";
import type { TargetChoice } from "./find-targets.ts";
import { useForm } from "./form-context.ts";
import { makeCondition } from "./make-condition.ts";
import { OptionsOf } from "./options-of.tsx";
import { TargetPicker } from "./target-picker.tsx";

const anyKey = "";

/** Everything about one target: what it is, whose key it takes, its name, and how it is called. */
export function TargetForm({
  node,
  path,
  group,
  here,
}: {
  readonly node: StoredConfig;
  readonly path: NodePath;
  /** The group that it stands in; null for a config that is one target. */
  readonly group: StoredConfig | null;
  readonly here: Leaf;
}): ReactNode {
  const say = useText("aliases");
  const { world, change, messageAt } = useForm();
  const set = (members: Partial<StoredConfig>): void => change(path, (former) => patchNode(former, members));
  const provider = here.provider === null ? undefined : world.providers.get(here.provider);
  const message =
    messageAt(path, "provider") ??
    messageAt(path, "model") ??
    messageAt(path, "config") ??
    (path.length === 0 || node.targets === undefined ? ownMessage() : null);
  const health = healthOf(here, world);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,12rem)] gap-3">
        <div className="flex min-w-0 flex-col gap-1.5">
          <span aria-hidden="true" className="text-small font-medium text-ink-soft">
            {say("modelOrAlias")}
          </span>
          <PickTarget node={node} onPick={(choice) => set(membersOf(choice))} />
          {message === null ? null : <p className="text-small break-words text-bad">{message}</p>}
        </div>
        {provider === undefined || provider.keys.length === 0 ? null : (
          <Field label={say("key")} error={messageAt(path, "virtual_key")}>
            <Select
              value={node.virtual_key ?? anyKey}
              choices={[
                { value: anyKey, words: say("usualKey") },
                ...provider.keys.map(({ name }) => ({ value: name, words: name })),
                ...(node.virtual_key === undefined || provider.keys.some(({ name }) => name === node.virtual_key)
                  ? []
                  : [{ value: node.virtual_key, words: node.virtual_key }]),
              ]}
              onChange={(name) => set({ virtual_key: name === anyKey ? undefined : name })}
            />
          </Field>
        )}
      </div>
      {node.config === undefined && !(isBlank(node) && here.provider === null && here.model === null) ? (
        <div className="flex flex-wrap items-center gap-2">
          <Standing health={health} />
          {provider === undefined || provider.state === "ready" ? null : (
            <span className="text-small break-words text-ink-muted">{provider.words}</span>
          )}
        </div>
      ) : null}
      {group?.strategy?.mode === "conditional" || node.name !== undefined ? (
        <Field label={say("targetName")} help={say("targetNameHelp")} error={messageAt(path, "name")} className="max-w-64">
          <Input value={node.name ?? ""} onChange={(event) => renameTarget(event.target.value)} />
        </Field>
      ) : null}
      <OptionsOf node={node} path={path} />
    </div>
  );

  /** What is wrong with the node itself rather than with one of its members. */
  function ownMessage(): string | null {
    const named = nameTarget(node) !== null;
    // Where nothing is chosen yet, the button says so already.
    return named || isBlank(node) ? null : messageAt(path);
  }

  /** Conditions go by names, so they follow. */
  function renameTarget(text: string): void {
    const name = text === "" ? undefined : text;
    const former = node.name;
    if (group === null || former === undefined || name === undefined) return set({ name });
    const at = path.at(-1) ?? 0;
    change(path.slice(0, -1), (parent) => {
      const targets = (parent.targets ?? []).map((target, index) => (index === at ? patchNode(target, { name }) : target));
      const { strategy } = parent;
      if (strategy?.mode !== "conditional") return patchNode(parent, { targets });
      const conditions = strategy.conditions?.map((condition) =>
        condition.then === former ? makeCondition(condition.query, name) : condition,
      );
      return patchNode(parent, {
        targets,
        strategy: {
          ...strategy,
          ...(conditions === undefined ? {} : { conditions }),
          ...(strategy.default === former ? { default: name } : {}),
        },
      });
    });
  }
}

/** The button that says what a target is, and lets another be chosen. */
export function PickTarget({ node, onPick }: { readonly node: StoredConfig; readonly onPick: (choice: TargetChoice) => void }): ReactNode {
  const say = useText("aliases");
  const name = nameTarget(node);
  return (
    <TargetPicker
      label={say("chooseModel")}
      onPick={onPick}
      trigger={
        <Button
          className="w-full !justify-between font-mono !text-small"
          aria-label={name === null ? say("chooseModel") : say("chosenModel", { name })}
        >
          <span className="truncate">{name ?? say("chooseModel")}</span>
          <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
        </Button>
      }
    />
  );
}

/** What a choice makes of a target: what belonged to the former one goes with it. */
export function membersOf({ members }: TargetChoice): Partial<StoredConfig> {
  return { provider: undefined, model: undefined, config: undefined, virtual_key: undefined, custom_host: undefined, ...members };
}
