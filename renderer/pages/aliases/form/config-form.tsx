import { Plus } from "lucide-react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Button } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { useText } from "../../../text/texts.ts";
import { settle } from "../draft/find-leaves.ts";
import { asGroup, isBlank, type NodePath, patchNode, withNodeAt } from "../draft/nodes.ts";
import type { Draft } from "../draft/use-draft.ts";
import type { AliasWorld } from "../use-world.ts";
import { FormContext, type FormParts } from "./form-context.ts";
import { GroupForm, TargetList } from "./group-form.tsx";
import { OptionsOf } from "./options-of.tsx";
import { StrategyOf } from "./strategy-of.tsx";
import { membersOf, TargetForm } from "./target-form.tsx";
import { TargetPicker } from "./target-picker.tsx";

const nothing = { provider: null, model: null, keyName: null };

/** A config as a form: the way to choose, the targets, and how they are called. It waits while the text beside it makes no sense. */
export function ConfigForm({
  draft,
  world,
  name,
}: {
  readonly draft: Draft;
  readonly world: AliasWorld;
  readonly name: string;
}): ReactNode {
  const say = useText("aliases");
  const [open, setOpenIds] = useState<ReadonlySet<string>>(() => new Set());
  const { config, findings, change: changeDraft } = draft;
  const change = useCallback(
    (path: NodePath, changeNode: (node: StoredConfig) => StoredConfig) => changeDraft(withNodeAt(config, path, changeNode)),
    [config, changeDraft],
  );
  const parts = useMemo(
    (): FormParts => ({
      world,
      name,
      change,
      GroupForm,
      messageAt: (path, ...members) => {
        const place = [...path.flatMap((index) => ["targets", index]), ...members].map(String);
        const found = findings.find((finding) => finding.path !== null && place.every((part, at) => String(finding.path?.[at]) === part));
        if (found === undefined || found.path === null) return null;
        const rest = found.path.slice(place.length).map(String).join(".");
        return rest === "" ? capital(say("problemHere", { message: found.message })) : `${rest} ${found.message}`;
      },
      isOpen: (id) => open.has(id),
      setOpen: (id, isOpen) => setOpenIds((former) => new Set(isOpen ? [...former, id] : [...former].filter((one) => one !== id))),
    }),
    [world, name, change, findings, open, say],
  );
  const isGroup = config.targets !== undefined;
  return (
    <FormContext value={parts}>
      {/* What the text says would be lost by a change here. */}
      <div inert={draft.isTextAhead} className={classNames("flex flex-col gap-6 transition-opacity", draft.isTextAhead && "opacity-50")}>
        {isGroup ? (
          <>
            <section aria-label={say("strategy")}>
              <h2 className="mb-2 text-heading font-semibold">{say("strategy")}</h2>
              <StrategyOf node={config} path={[]} />
            </section>
            <section aria-label={say("targets")}>
              <h2 className="mb-2 text-heading font-semibold">{say("targets")}</h2>
              <TargetList node={config} path={[]} from={settle(config, nothing)} />
            </section>
            <section aria-label={say("forAll")}>
              <h2 className="mb-1 text-heading font-semibold">{say("forAll")}</h2>
              <div className="rounded-card border border-line bg-surface p-1 shadow-card">
                <OptionsOf node={config} path={[]} />
              </div>
            </section>
          </>
        ) : (
          <section aria-label={say("target", { number: 1 })}>
            <h2 className="mb-2 text-heading font-semibold">{say("oneTarget")}</h2>
            <div className="rounded-card border border-line bg-surface p-4 shadow-card">
              <TargetForm node={config} path={[]} group={null} here={settle(config, nothing)} />
            </div>
            <div className={isBlank(config) ? "hidden" : "mt-3 flex items-center gap-3"}>
              <TargetPicker
                label={say("addTarget")}
                trigger={
                  <Button size="small" icon={<Plus aria-hidden="true" className="size-4" />}>
                    {say("addTarget")}
                  </Button>
                }
                onPick={(choice) =>
                  change([], (former) => {
                    const group = asGroup(former, true);
                    return patchNode(group, { targets: [...(group.targets ?? []), patchNode({}, membersOf(choice))] });
                  })
                }
              />
              <p className="text-small text-ink-muted">{say("addTargetHelp")}</p>
            </div>
          </section>
        )}
      </div>
    </FormContext>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
