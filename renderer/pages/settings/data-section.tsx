import { Download, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { admin } from "../../data/admin.ts";
import { queries } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Checkbox } from "../../parts/choices.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { datedName, saveFile } from "../../parts/save-file.ts";
import { ErrorState } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

/** Everything at once: taken along, or deleted. */
export function DataSection(): ReactNode {
  const say = useText("settings");
  const [busy, setBusy] = useState<"export" | "erase" | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [isAsked, setIsAsked] = useState(false);
  const [withBackups, setWithBackups] = useState(true);

  async function act(what: "export" | "erase", deed: () => Promise<string>): Promise<void> {
    setBusy(what);
    setProblem(null);
    try {
      tellNews(await deed());
    } catch (caught) {
      setProblem(caught);
    }
    setBusy(null);
    setIsAsked(false);
  }

  const exportAll = (): Promise<void> =>
    act("export", async () => {
      await saveFile(datedName("export", "tar.gz"), await admin("exportData", {}));
      return say("exportDone");
    });
  const erase = (): Promise<void> =>
    act("erase", async () => {
      const { calls } = await admin("eraseLogs", { query: { backups: withBackups ? "delete" : "keep" } });
      // Every page has something of them.
      await queries.invalidateQueries();
      return say("erased", { count: calls });
    });

  return (
    <section aria-label={say("dataTitle")} className="mt-6">
      <h3 className="mb-2 font-medium">{say("dataTitle")}</h3>
      {problem === null ? null : <ErrorState error={problem} />}
      <Card className="divide-y divide-line">
        <Deed title={say("exportAll")} help={say("exportAllHelp")}>
          <Button disabled={busy !== null} icon={<Download className="size-4" />} onClick={() => void exportAll()}>
            {say("exportAll")}
          </Button>
        </Deed>
        <Deed title={say("eraseLogs")} help={say("eraseLogsHelp")}>
          <Button kind="danger" disabled={busy !== null} icon={<Trash2 className="size-4" />} onClick={() => setIsAsked(true)}>
            {say("eraseLogs")}
          </Button>
        </Deed>
      </Card>
      <Confirm
        isOpen={isAsked}
        isBusy={busy !== null}
        onClose={() => setIsAsked(false)}
        title={say("eraseQuestion")}
        confirm={say("eraseConfirm")}
        onConfirm={() => void erase()}
      >
        <p className="mb-3">{say("eraseWords")}</p>
        <Checkbox words={say("eraseBackups")} checked={withBackups} onChange={setWithBackups} />
      </Confirm>
    </section>
  );
}

function Deed({ title, help, children }: { readonly title: string; readonly help: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="flex items-start justify-between gap-6 px-4 py-3">
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="max-w-[64ch] text-small text-ink-muted">{help}</p>
      </div>
      {children}
    </div>
  );
}
