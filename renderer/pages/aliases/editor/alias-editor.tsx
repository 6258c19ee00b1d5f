import { ArrowLeft, CopyPlus, MoreHorizontal, Trash2, Undo2 } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { wordsOf } from "../../../data/admin.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { type Choice, Segmented } from "../../../parts/choices.tsx";
import { CopyButton } from "../../../parts/copy.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { Menu } from "../../../parts/menu.tsx";
import { PageFrame } from "../../../parts/page-frame.tsx";
import { offerUndo, tellNews } from "../../../parts/toasts.tsx";
import { useGo } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";
import { describeConfig } from "../describe-config.ts";
import type { Surroundings } from "../draft/check-text.ts";
import { useDraft } from "../draft/use-draft.ts";
import { ConfigForm } from "../form/config-form.tsx";
import type { ConfigKind } from "../search.ts";
import { putStored, removeStored } from "../stored-calls.ts";
import type { AliasWorld } from "../use-world.ts";
import { LeaveGuard } from "./leave-guard.tsx";
import { Notes } from "./notes.tsx";
import { type Pane, SidePane } from "./side-pane.tsx";
import { useIsWide } from "./use-is-wide.ts";
import { useSaving } from "./use-saving.ts";
import { UseLine } from "./use-line.tsx";

/** What an editor is opened on. */
export interface AliasEditorProps {
  readonly kind: ConfigKind;
  /** The name of what is changed; null for a new one. */
  readonly item: string | null;
  readonly initialName: string;
  readonly initial: StoredConfig;
  readonly world: AliasWorld;
}

/** One alias or saved config under change: the form, its JSON beside it, and a dry run of both. */
export function AliasEditor({ kind, item, initialName, initial, world }: AliasEditorProps): ReactNode {
  const say = useText("aliases");
  const go = useGo();
  const isWide = useIsWide();
  const [name, setName] = useState(initialName);
  const [isNameTouched, setNameTouched] = useState(false);
  const [pane, setPane] = useState<Pane | "form">("form");
  const surroundings = useMemo(
    (): Surroundings => ({ kind, name: item ?? name, aliases: world.ownAliases, configs: world.ownConfigs }),
    [kind, item, name, world.ownAliases, world.ownConfigs],
  );
  const draft = useDraft(initial, surroundings);
  const saving = useSaving({ kind, item, name, draft, world });
  const isFree = useRef(false);
  const search = kind === "config" ? { kind } : {};
  const isDirty = draft.isChanged || name !== initialName;
  const canSave =
    draft.findings.length === 0 && saving.nameProblem === null && saving.conflict === null && !saving.isBusy && (isDirty || item === null);
  const side: Pane = pane === "form" ? "json" : pane;
  const isFormShown = isWide || pane === "form";

  const showJson = (): void => setPane("json");

  const saveDraft = async (): Promise<boolean> => {
    setNameTouched(true);
    if (!canSave) return false;
    const saved = await saving.save();
    if (saved === null) return false;
    tellNews(say("saved", { name: saved }));
    return true;
  };
  const save = async (): Promise<void> => {
    if (!(await saveDraft()) || item === name) return;
    isFree.current = true;
    go("aliases", { item: name, search, isReplacing: true });
  };
  const remove = async (): Promise<void> => {
    const stored = (kind === "alias" ? world.aliases : world.configs).find((one) => one.name === item);
    if (stored === undefined) return;
    await removeStored(kind, stored.name);
    offerUndo(say(stored.source === "changed" ? "restored" : "removed", { name: stored.name }), () => {
      putStored(kind, stored.name, stored.config).catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
    });
    isFree.current = true;
    go("aliases");
  };
  const [removeError, setRemoveError] = useState<string | null>(null);
  useSaveKeys(() => void save());

  const source = (kind === "alias" ? world.aliases : world.configs).find((one) => one.name === item)?.source ?? "own";
  const panes: readonly Choice<Pane | "form">[] = [
    ...(isWide ? [] : [{ value: "form" as const, words: say("form") }]),
    { value: "json", words: say("json") },
    { value: "dry-run", words: say("dryRun") },
  ];
  const switcher = <Segmented<Pane | "form"> label={say("view")} value={isWide ? side : pane} choices={panes} onChange={setPane} />;
  return (
    <PageFrame
      layout="fill"
      title={item ?? say(kind === "alias" ? "newAlias" : "newConfig")}
      summary={
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {isDirty ? <Badge tone="warn">{say("unsaved")}</Badge> : null}
          {item !== null && source !== "own" ? <Badge>{say(source === "changed" ? "isChanged" : "isShipped")}</Badge> : null}
          <span className="line-clamp-1 min-w-0 break-all">{describeConfig(draft.config, say)}</span>
        </span>
      }
      back={<IconButton label={say("back")} icon={<ArrowLeft aria-hidden="true" className="size-4" />} onClick={() => go("aliases")} />}
      actions={
        <>
          {item === null ? null : (
            <>
              <CopyButton text={item} name={item} size="normal" />
              <Menu
                trigger={<IconButton label={say("more", { name: item })} icon={<MoreHorizontal aria-hidden="true" className="size-4" />} />}
                items={[
                  {
                    words: say("duplicate"),
                    icon: <CopyPlus className="size-4" />,
                    onSelect: () => go("aliases", { search: { new: "", copy: item, ...search } }),
                  },
                  ...(source === "shipped"
                    ? []
                    : [
                        null,
                        {
                          words: say(source === "changed" ? "restore" : "remove"),
                          icon: source === "changed" ? <Undo2 className="size-4" /> : <Trash2 className="size-4" />,
                          isDanger: source === "own",
                          onSelect: () => {
                            setRemoveError(null);
                            remove().catch((error: unknown) => setRemoveError(wordsOf(error)));
                          },
                        },
                      ]),
                ]}
              />
            </>
          )}
          {isDirty && item !== null ? (
            <Button
              onClick={() => {
                draft.reset((kind === "alias" ? world.aliases : world.configs).find((one) => one.name === item)?.config ?? initial);
                setName(initialName);
              }}
            >
              {say("discard")}
            </Button>
          ) : null}
          <Button kind="primary" disabled={!canSave} onClick={() => void save()}>
            {say("save")}
          </Button>
        </>
      }
    >
      <LeaveGuard name={name} shouldAsk={() => isDirty && !isFree.current} canSave={canSave} onSave={saveDraft} />
      {isWide ? null : <div className="mb-3 shrink-0">{switcher}</div>}
      <div className={isWide ? "grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(0,27rem)] gap-6" : "flex min-h-0 flex-1 flex-col"}>
        {isFormShown ? (
          <div className="relative h-full min-h-0 overflow-y-auto pr-1 pb-8 pl-0.5">
            <Notes draft={draft} saving={removeError === null ? saving : { ...saving, error: removeError }} onShowJson={showJson} />
            <Field
              label={say("nameLabel")}
              help={
                item === null
                  ? say(kind === "alias" ? "nameHelp" : "nameHelpConfig")
                  : name === item
                    ? undefined
                    : say(source === "own" ? "renameHelp" : "renameShippedHelp", { name: item })
              }
              error={isNameTouched || (name !== "" && name !== item) ? saving.nameProblem : null}
              className="mb-6 max-w-96"
            >
              <Input
                value={name}
                placeholder={kind === "alias" ? "fast" : "production"}
                autoFocus={item === null}
                onBlur={() => setNameTouched(name !== "")}
                onChange={(event) => setName(event.target.value)}
                className="font-mono"
              />
            </Field>
            <ConfigForm draft={draft} world={world} name={item ?? name} />
            {item === null ? null : <UseLine kind={kind} name={item} />}
          </div>
        ) : (
          // The text's own mistakes stand below it.
          <Notes draft={{ ...draft, isTextAhead: false }} saving={saving} onShowJson={showJson} />
        )}
        {isWide || pane !== "form" ? (
          <div className="flex min-h-0 flex-1 flex-col">
            {isWide ? <div className="mb-3 shrink-0">{switcher}</div> : null}
            <div className="min-h-0 flex-1">
              <SidePane pane={side} kind={kind} name={item ?? name} draft={draft} world={world} />
            </div>
          </div>
        ) : null}
      </div>
    </PageFrame>
  );
}

/** Ctrl+S or Command+S, wherever the focus is on the page. */
function useSaveKeys(save: () => void): void {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "s" || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
