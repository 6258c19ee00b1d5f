import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { type Answer, useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Field, TextArea } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";
import { FoundKeys } from "./found-keys.tsx";

/** Takes a pasted block, shows what keys are in it, and stores those that are wanted. The block is gone with the dialog. */
export function PasteKeys({
  rows,
  onTaken,
}: {
  readonly rows: readonly ProviderInfo[];
  readonly onTaken: (taken: Answer<"takeKeys">) => void;
}): ReactNode {
  const say = useText("keys");
  const [text, setText] = useState("");
  const find = useAdminAction("findKeys");
  const found = find.data?.found ?? null;
  const look = (pasted: string): void => find.mutate({ body: { text: pasted } });
  return (
    <div className="flex flex-col gap-4">
      <Field label={say("importPasteLabel")} help={say("importPasteHelp")} error={find.error === null ? null : wordsOf(find.error)}>
        <TextArea
          rows={found === null ? 7 : 3}
          value={text}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={say("importPastePlaceholder")}
          className="resize-y font-mono text-small leading-5"
          onChange={(event) => {
            setText(event.target.value);
            find.reset();
          }}
          onPaste={(event) => {
            // Pasted as a whole, it can be looked at right away.
            const pasted = event.clipboardData.getData("text");
            if (text.trim() !== "" || pasted.trim() === "") return;
            event.preventDefault();
            setText(pasted);
            look(pasted);
          }}
        />
      </Field>
      {found === null ? (
        <div className="flex justify-end">
          <Button kind="primary" disabled={text.trim() === "" || find.isPending} onClick={() => look(text)}>
            {say("importLook")}
          </Button>
        </div>
      ) : found.length === 0 ? (
        <p role="status" className="rounded-card bg-warn-soft p-3">
          {say("importPasteNothing")}
        </p>
      ) : (
        <FoundKeys
          key={text}
          found={found}
          text={text}
          rows={rows}
          onTaken={(taken) => {
            setText("");
            onTaken(taken);
          }}
        />
      )}
    </div>
  );
}
