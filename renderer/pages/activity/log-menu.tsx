import { Download, FileJson, FileSpreadsheet, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { CallFilter } from "#shared/contract/calls.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { Button } from "../../parts/button.tsx";
import { Menu } from "../../parts/menu.tsx";
import { datedName, saveFile } from "../../parts/save-file.ts";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { DeleteCalls } from "./delete-calls.tsx";

const exports = { csv: "exportCallsCsv", jsonl: "exportCallsJsonl", json: "exportCallsJson" } as const;

/** What can be done with the log as a whole: the rows of the filters as a file, and forgetting. */
export function LogMenu({ filter, onDeleted }: { readonly filter: CallFilter; readonly onDeleted: () => void }): ReactNode {
  const say = useText("activity");
  const [isBusy, setBusy] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  async function save(kind: keyof typeof exports): Promise<void> {
    setBusy(true);
    try {
      const name = datedName("calls", kind);
      await saveFile(name, await admin(exports[kind], { query: filter }));
      tellNews(say("exported", { name }));
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
    setBusy(false);
  }
  return (
    <>
      <Menu
        trigger={
          <Button disabled={isBusy} icon={<Download aria-hidden="true" className="size-4" />}>
            {say("export")}
          </Button>
        }
        items={[
          { words: say("exportCsv"), icon: <FileSpreadsheet className="size-4" />, onSelect: () => void save("csv") },
          { words: say("exportJsonl"), icon: <FileJson className="size-4" />, onSelect: () => void save("jsonl") },
          { words: say("exportJson"), icon: <FileJson className="size-4" />, onSelect: () => void save("json") },
          null,
          { words: say("deleteCalls"), icon: <Trash2 className="size-4" />, isDanger: true, onSelect: () => setDeleting(true) },
        ]}
      />
      <DeleteCalls isOpen={isDeleting} onClose={() => setDeleting(false)} onDeleted={onDeleted} />
    </>
  );
}
