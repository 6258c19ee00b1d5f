import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import type { AuthScheme, DialectId } from "#shared/schema/provider.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { type Choice } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { dialectWords } from "./dialect-words.ts";

interface CustomProviderDialogProps {
  /** The provider to change; null for a new one. Of one that ships only its address can be changed here. */
  readonly row: ProviderInfo | null;
  readonly rows: readonly ProviderInfo[];
  readonly onClose: () => void;
  /** In the place of `onClose`, where it was saved. */
  readonly onDone?: (id: string) => void;
}

const idPattern = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const ownDialects: readonly DialectId[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate", "cohere-chat"];
const ownSchemes: readonly AuthScheme[] = ["bearer", "x-api-key", "api-key", "x-goog-api-key", "none"];

/** Adds a provider of the person's own, or changes one: written into config.json. */
export function CustomProviderDialog({ row, rows, onClose, onDone }: CustomProviderDialogProps): ReactNode {
  const say = useText("keys");
  const [name, setName] = useState(row?.name ?? "");
  const [typedId, setTypedId] = useState<string | null>(row?.id ?? null);
  const [baseUrl, setBaseUrl] = useState(() => addressOf(row));
  const [dialect, setDialect] = useState<DialectId>(row?.dialect ?? "openai-chat");
  const [auth, setAuth] = useState<AuthScheme>(row?.auth ?? "bearer");
  const put = useAdminAction("putProvider", ["listProviders", "listKeys"]);
  const isShipped = row !== null && row.source !== "own";
  const id = typedId ?? slugOf(name);
  const idError = row !== null || id === "" ? null : !idPattern.test(id) ? say("customIdWrong") : isTaken() ? say("customIdTaken") : null;
  const urlError = baseUrl === "" || isAddress(baseUrl) ? null : say("customAddressWrong");
  const canSave = id !== "" && idError === null && isAddress(baseUrl) && (isShipped || name.trim() !== "") && !put.isPending;

  function isTaken(): boolean {
    return rows.some((one) => one.id === id);
  }

  const save = (): void => {
    const former = row?.override ?? {};
    const body = isShipped ? { ...former, baseUrl } : { ...former, name: name.trim(), dialect, baseUrl, auth };
    put.mutate(
      { parameters: { provider: id }, body },
      {
        onSuccess(saved) {
          tellNews(say(row === null ? "customAdded" : "customSaved", { name: saved.name }));
          if (onDone === undefined) onClose();
          else onDone(saved.id);
        },
      },
    );
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={row === null ? say("customTitle") : say(isShipped ? "addressTitle" : "customEditTitle", { name: row.name })}
      summary={say(isShipped ? "addressHelp" : "customSummary")}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) save();
        }}
      >
        {isShipped ? null : (
          <div className="grid grid-cols-2 gap-4">
            <Field label={say("customName")}>
              <Input value={name} autoFocus placeholder={say("customNamePlaceholder")} onValueChange={(next) => setName(next)} />
            </Field>
            <Field label={say("customId")} help={say("customIdHelp", { id: id === "" ? "id" : id })} error={idError}>
              <Input
                value={id}
                disabled={row !== null}
                className="font-mono"
                onValueChange={(next) => setTypedId(next.trim().toLowerCase())}
              />
            </Field>
          </div>
        )}
        <Field label={say("customAddress")} help={say(isShipped ? "addressWarning" : "customAddressHelp")} error={urlError}>
          <Input
            value={baseUrl}
            inputMode="url"
            autoFocus={isShipped}
            placeholder="http://127.0.0.1:8000/v1"
            className="font-mono"
            onValueChange={(next) => {
              setBaseUrl(next.trim());
              put.reset();
            }}
          />
        </Field>
        {isShipped ? null : (
          <div className="grid grid-cols-2 gap-4">
            <Field label={say("customDialect")}>
              <Select
                value={dialect}
                choices={withChosen(ownDialects, dialect).map((value): Choice<DialectId> => ({ value, words: say(dialectWords[value]) }))}
                onChange={setDialect}
              />
            </Field>
            <Field label={say("customAuth")}>
              <Select
                value={auth}
                choices={withChosen(ownSchemes, auth).map((value): Choice<AuthScheme> => ({ value, words: authWords(value) }))}
                onChange={setAuth}
              />
            </Field>
          </div>
        )}
        {put.error === null ? null : (
          <p role="alert" className="rounded-card bg-bad-soft p-3 break-words">
            {wordsOf(put.error)}
          </p>
        )}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={!canSave}>
            {say(row === null ? "customAdd" : "customSave")}
          </Button>
        </div>
      </form>
    </Dialog>
  );

  function authWords(scheme: AuthScheme): string {
    return scheme === "bearer" ? say("authBearer") : scheme === "none" ? say("authNone") : scheme;
  }
}

/** A row's own address, with its placeholders where config.json has it so. */
function addressOf(row: ProviderInfo | null): string {
  const own = row?.override?.["baseUrl"];
  return typeof own === "string" ? own : (row?.baseUrl ?? "");
}

/** Among the choices there is always the one that is in force. */
function withChosen<Value extends string>(values: readonly Value[], chosen: Value): readonly Value[] {
  return values.includes(chosen) ? values : [...values, chosen];
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 64);
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]+/.test(text) && URL.canParse(text.replaceAll(/\{[a-z-]+\}/g, "x"));
}
