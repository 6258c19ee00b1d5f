import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { hasGap, isKeyName, otherOwner, tidySecret } from "./check-secret.ts";
import { freeName, hostOf } from "./judge-provider.ts";
import { OutsideLink } from "./outside-link.tsx";
import { ProviderValues } from "./provider-values.tsx";
import { SecretField } from "./secret-field.tsx";
import { WriteProblem } from "./write-problem.tsx";

interface AddKeyFormProps {
  readonly row: ProviderInfo;
  /** All of them: a key may turn out to be another's. */
  readonly rows: readonly ProviderInfo[];
  readonly onChangeProvider: (row: ProviderInfo | null) => void;
  readonly onDone: (row: ProviderInfo) => void;
}

/** Takes one key for one provider: pasted, tested at the provider, and only then stored. */
export function AddKeyForm({ row, rows, onChangeProvider, onDone }: AddKeyFormProps): ReactNode {
  const say = useText("keys");
  const taken = row.keys.map((key) => key.name);
  const [secret, setSecret] = useState("");
  const [name, setName] = useState(() => freeName("default", taken));
  const write = useAdminAction("writeKey", ["listKeys", "listProviders"]);
  const isComplete = row.state !== "incomplete";
  const other = secret === "" ? undefined : otherOwner(secret, row, rows);
  const nameError = !isKeyName(name) ? say("nameWrong") : taken.includes(name) ? say("nameTaken", { provider: row.name }) : null;
  const secretError = hasGap(secret) ? say("whitespace") : null;
  const canSave = isComplete && secret.trim() !== "" && nameError === null && secretError === null && !write.isPending;

  const save = (test: boolean): void => {
    write.mutate(
      { parameters: { provider: row.id, name }, body: { secret: tidySecret(secret), mode: "add", test } },
      {
        onSuccess({ stored, test: result }) {
          if (stored === null) return;
          setSecret("");
          const sure = result === null || result.verdict === "works";
          tellNews(
            sure
              ? say("stored", { name: stored.name, provider: row.name })
              : say("storedUnsure", { name: stored.name, provider: row.name, words: result.words }),
          );
          onDone(row);
        },
      },
    );
  };

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave) save(true);
      }}
    >
      <div className="flex items-center gap-3 rounded-card border border-line bg-surface px-3 py-2.5">
        <ProviderMark id={row.id} name={row.name} size="large" />
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{row.name}</p>
          <p className="truncate font-mono text-caption text-ink-muted">{row.origin}</p>
        </div>
        <Button size="small" kind="quiet" onClick={() => onChangeProvider(null)}>
          {say("changeProvider")}
        </Button>
      </div>
      {isComplete ? null : (
        <div className="flex flex-col gap-3 rounded-card border border-line bg-warn-soft p-3">
          <p>{say("missingValues")}</p>
        </div>
      )}
      <SecretField
        label={say("secret")}
        value={secret}
        isFirst
        onChange={(next) => {
          setSecret(next);
          write.reset();
        }}
        help={row.auth === "aws-sigv4" ? say("secretAws") : row.auth === "google-oauth" ? say("secretGoogle") : say("secretHelp")}
        error={secretError}
      />
      {other === undefined ? null : (
        <div role="status" className="-mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-card bg-warn-soft px-3 py-2 text-small">
          <span className="min-w-0 flex-1 text-warn">{say("looksLike", { other: other.name })}</span>
          <Button size="small" onClick={() => onChangeProvider(other)}>
            {say("useOther", { other: other.name })}
          </Button>
        </div>
      )}
      {row.links.keys === undefined ? null : (
        <div className="-mt-2 text-small">
          <OutsideLink href={row.links.keys}>{say("getKey", { host: hostOf(row.links.keys) })}</OutsideLink>
        </div>
      )}
      <Field label={say("name")} help={say("nameHelp")} error={nameError}>
        <Input value={name} onValueChange={(next) => setName(next.trim())} className="max-w-60" />
      </Field>
      <WriteProblem
        words={write.error === null ? null : wordsOf(write.error)}
        test={write.data?.stored === null ? write.data.test : null}
        isBusy={write.isPending}
        onForce={() => save(false)}
        sentence="notStored"
      />
      <div className="flex items-center justify-between gap-3">
        <p role="status" className="min-w-0 text-small text-ink-muted">
          {write.isPending ? say("testingWith", { provider: row.name }) : say("testCosts")}
        </p>
        <Button type="submit" kind="primary" disabled={!canSave}>
          {write.isPending ? say("saving") : say("testAndSave")}
        </Button>
      </div>
    </form>
  );
}

/** The values that an address lacks, before a key can be bound to it. Outside of the form of the key, since it is one itself. */
export function MissingValues({ row }: { readonly row: ProviderInfo }): ReactNode {
  return row.state === "incomplete" ? (
    <div className="mb-4">
      <ProviderValues row={row} />
    </div>
  ) : null;
}
