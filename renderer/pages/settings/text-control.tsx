import { type ReactNode, useId, useState } from "react";
import { useAdmin } from "../../data/queries.ts";
import { inputClasses } from "../../parts/input-classes.ts";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import type { ControlProps } from "./setting-control.tsx";

const mostOffered = 20;

/** A line of text. Saved by Enter or by leaving the field; Escape takes it back. Empty stands for none, where there can be none. */
export function TextControl({
  setting,
  id,
  describedBy,
  isLocked,
  isWrong,
  onChange,
  onProblem,
  isNullable,
}: ControlProps & { readonly isNullable: boolean }): ReactNode {
  const say = useText("settings");
  const saved = typeof setting.value === "string" ? setting.value : "";
  const [draft, setDraft] = useState(saved);
  const listId = useId();

  function commit(): void {
    const text = draft.trim();
    if (text === saved) onProblem(null);
    else void onChange(text === "" && isNullable ? null : text);
  }

  const isName = setting.kind === "model" || setting.kind === "alias";
  const isPlace = setting.kind === "file" || setting.schema["format"] === "uri" || saved.length > 24;
  return (
    <>
      <input
        type="text"
        id={id}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        disabled={isLocked}
        value={draft}
        {...(isName ? { list: listId } : {})}
        placeholder={isNullable ? say("empty") : ""}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") {
            setDraft(saved);
            onProblem(null);
          }
        }}
        className={classNames(
          inputClasses,
          "!w-60 max-w-full",
          isPlace && "font-mono text-small placeholder:font-sans placeholder:text-body",
        )}
      />
      {isName ? <ModelNames id={listId} text={draft} hasModels={setting.kind === "model"} /> : null}
    </>
  );
}

/** Aliases, and models where they will do, to choose from while one types. */
function ModelNames({ id, text, hasModels }: { readonly id: string; readonly text: string; readonly hasModels: boolean }): ReactNode {
  const aliases = useAdmin("listAliases", {});
  const models = useAdmin(
    "queryModels",
    { body: { text: text.trim(), callable: true, limit: mostOffered } },
    { isKept: true, enabled: hasModels },
  );
  const names = [...(aliases.data?.aliases.map(({ name }) => name) ?? []), ...(models.data?.data.map((model) => model.id) ?? [])];
  return (
    <datalist id={id}>
      {[...new Set(names)].map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}
