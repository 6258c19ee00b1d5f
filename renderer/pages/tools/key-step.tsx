import { KeyRound, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ToolGuide } from "#shared/contract/connect.ts";
import type { Budget } from "#shared/schema/grant.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Select } from "../../parts/select.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { Field } from "../../parts/fields.tsx";
import { formatMoney } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { openPermissions } from "./grant-draft.ts";
import { GrantSheet } from "./grant-sheet.tsx";
import { Line } from "./key-dialog.tsx";

const amounts = ["0", "1", "5", "20"] as const;
const microPerDollar = 1_000_000;

interface KeyStepProps {
  readonly tool: ToolGuide;
  /** The key that was made on this page; null where it cannot be seen any more, or there is none. */
  readonly secret: string | null;
  readonly onKey: (key: string) => void;
}

/** The tool's key: made here, with a budget if one wants; shown once. */
export function KeyStep({ tool, secret, onKey }: KeyStepProps): ReactNode {
  const say = useText("tools");
  const grants = useAdmin("listGrants", {}).data?.grants;
  const grant = grants?.find(({ name }) => name === tool.grantName);
  const [amount, setAmount] = useState<(typeof amounts)[number]>("0");
  const [isBusy, setBusy] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const [isEditing, setEditing] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  async function make(deed: () => Promise<{ readonly key: string }>): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      const { key } = await deed();
      onKey(key);
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setBusy(false);
      setAsking(false);
      await refresh("listGrants", "getTool", "listTools");
    }
  }

  const budgets: Budget[] = amount === "0" ? [] : [{ unit: "usd", amount: Number(amount), per: "day" }];
  return (
    <div className="flex flex-col gap-3">
      {grant === undefined ? (
        <>
          <p className="text-ink-muted">{say("keyMakeHelp", { grant: tool.grantName })}</p>
          <div className="flex flex-wrap items-end gap-3">
            <Field label={say("keyBudget")} className="w-44">
              <Select
                value={amount}
                choices={amounts.map((value) => ({
                  value,
                  words: value === "0" ? say("keyBudgetNone") : say("keyBudgetOf", { money: formatMoney(Number(value) * microPerDollar) }),
                }))}
                onChange={setAmount}
              />
            </Field>
            <Button
              kind="primary"
              icon={<KeyRound className="size-4" />}
              disabled={isBusy || grants === undefined}
              onClick={() =>
                void make(() => admin("addGrant", { body: { name: tool.grantName, permissions: { ...openPermissions, budgets } } }))
              }
            >
              {say("keyMake", { name: tool.name })}
            </Button>
          </div>
        </>
      ) : (
        <>
          {secret === null ? (
            <p className="text-ink-soft">
              {grant.keyHint === null ? say("keyHasOwn", { grant: grant.name }) : say("keyHas", { grant: grant.name, hint: grant.keyHint })}
            </p>
          ) : (
            <>
              <p className="text-ink-soft">{say("keyShown", { grant: grant.name })}</p>
              <dl>
                <Line name={say("keyName")} text={secret} />
              </dl>
            </>
          )}
          <div className="flex flex-wrap gap-2">
            <Button size="small" icon={<KeyRound className="size-4" />} disabled={isBusy} onClick={() => setAsking(true)}>
              {say("keyAgain")}
            </Button>
            <Button size="small" icon={<SlidersHorizontal className="size-4" />} onClick={() => setEditing(true)}>
              {say("keyLimits")}
            </Button>
          </div>
        </>
      )}
      {failure === null ? null : (
        <p role="alert" className="rounded-card bg-bad-soft p-3 text-bad">
          {failure}
        </p>
      )}
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={say("replaceTitle", { name: tool.grantName })}
        confirm={say("replaceConfirm")}
        isBusy={isBusy}
        onConfirm={() => void make(() => admin("replaceGrantKey", { parameters: { grant: tool.grantName } }))}
      >
        {say("replaceHelp")}
      </Confirm>
      {isEditing && grant !== undefined ? (
        <GrantSheet
          title={say("formEdit", { name: grant.name })}
          name={grant.name}
          permissions={grant.permissions}
          confirm={say("save")}
          onClose={() => setEditing(false)}
          onSave={async (name, permissions) => {
            await admin("changeGrant", { parameters: { grant: grant.id }, body: { name, permissions } });
            setEditing(false);
            await refresh("listGrants", "getTool", "listTools");
          }}
        />
      ) : null}
    </div>
  );
}
