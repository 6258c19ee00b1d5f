import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";

const valuePattern = /^[A-Za-z0-9._-]+$/;

/** The values that a provider's address takes: an Azure resource, a region. Saved into config.json. */
export function ProviderValues({ row }: { readonly row: ProviderInfo }): ReactNode {
  const say = useText("keys");
  const put = useAdminAction("putProvider", ["listProviders", "listKeys"]);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(row.values.map(({ name, value }) => [name, value ?? ""])),
  );
  if (row.values.length === 0) return null;
  const wrong = row.values.find(({ name }) => values[name] !== "" && !valuePattern.test(values[name] ?? ""));
  const isChanged = row.values.some(({ name, value }) => (values[name] ?? "") !== (value ?? ""));
  const save = (): void => {
    const { values: former, ...rest } = row.override ?? {};
    const filled = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    put.mutate({ parameters: { provider: row.id }, body: { ...rest, values: { ...(former as object | undefined), ...filled } } });
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === undefined && isChanged) save();
      }}
    >
      {row.values.map(({ name, title }) => (
        <Field key={name} label={title} error={wrong?.name === name ? say("valueWrong") : null}>
          <Input value={values[name] ?? ""} onValueChange={(next) => setValues({ ...values, [name]: next.trim() })} />
        </Field>
      ))}
      {put.error === null ? null : (
        <p role="alert" className="text-small text-bad">
          {wordsOf(put.error)}
        </p>
      )}
      <Button type="submit" size="small" className="self-start" disabled={!isChanged || wrong !== undefined || put.isPending}>
        {say("valuesSave")}
      </Button>
    </form>
  );
}
