import { type ReactNode, useState } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Checkbox } from "../../parts/choices.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { hasGap, tidySecret } from "./check-secret.ts";
import { hostOf } from "./judge-provider.ts";
import { OutsideLink } from "./outside-link.tsx";
import { SecretField } from "./secret-field.tsx";
import { WriteProblem } from "./write-problem.tsx";

/** Puts another secret in the place of a key's, tested before if the person wants. */
export function RotateDialog({
  row,
  stored,
  onClose,
}: {
  readonly row: ProviderInfo;
  readonly stored: KeyDetail;
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("keys");
  const [secret, setSecret] = useState("");
  const [isTested, setTested] = useState(true);
  const write = useAdminAction("writeKey", ["listKeys", "listProviders"]);
  const secretError = hasGap(secret) ? say("whitespace") : null;
  const canSave = secret.trim() !== "" && secretError === null && !write.isPending;

  const rotate = (test: boolean): void => {
    write.mutate(
      { parameters: { provider: row.id, name: stored.name }, body: { secret: tidySecret(secret), mode: "replace", test } },
      {
        onSuccess(answer) {
          if (answer.stored === null) return;
          tellNews(say("rotated", { name: stored.name, provider: row.name }));
          onClose();
        },
      },
    );
  };

  return (
    <Dialog isOpen onClose={onClose} title={say("rotateTitle", { name: stored.name })} summary={say("rotateHelp", { provider: row.name })}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) rotate(isTested);
        }}
      >
        <SecretField
          label={say("newSecret")}
          value={secret}
          isFirst
          onChange={(next) => {
            setSecret(next);
            write.reset();
          }}
          error={secretError}
        />
        {row.links.keys === undefined ? null : (
          <div className="-mt-2 text-small">
            <OutsideLink href={row.links.keys}>{say("getKey", { host: hostOf(row.links.keys) })}</OutsideLink>
          </div>
        )}
        <Checkbox words={say("testFirst")} checked={isTested} onChange={setTested} />
        <WriteProblem
          words={write.error === null ? null : wordsOf(write.error)}
          test={write.data?.stored === null ? write.data.test : null}
          isBusy={write.isPending}
          onForce={() => rotate(false)}
          sentence="notRotated"
        />
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={!canSave}>
            {write.isPending ? say("testingWith", { provider: row.name }) : say("rotateNow")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
