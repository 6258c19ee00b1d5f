import { Archive, Download, MoreHorizontal, Plus, RotateCcw, Trash2, Upload } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { admin } from "../../data/admin.ts";
import { type Answer, refresh, useAdmin } from "../../data/queries.ts";
import { Ago } from "../../parts/ago.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { Menu } from "../../parts/menu.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { formatBytes } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";

type Backup = Answer<"listBackups">["backups"][number];

const rowHeight = 44;

/** The copies of the databases: made, brought back, taken along and deleted. */
export function BackupSection(): ReactNode {
  const say = useText("settings");
  const { data, error, refetch } = useAdmin("listBackups", {});
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [asked, setAsked] = useState<{ readonly what: "restore" | "delete"; readonly backup: Backup } | null>(null);
  const chooser = useRef<HTMLInputElement>(null);

  async function act(deed: () => Promise<string | null>): Promise<void> {
    setIsBusy(true);
    setProblem(null);
    try {
      const words = await deed();
      if (words !== null) tellNews(words);
    } catch (caught) {
      setProblem(caught);
    }
    setIsBusy(false);
    setAsked(null);
    await refresh("listBackups");
  }

  const create = (): Promise<void> => act(() => admin("createBackup", {}).then(() => say("backupMade")));
  const upload = (file: File): Promise<void> =>
    act(async () => {
      const { name } = await admin("uploadBackup", { body: new Uint8Array(await file.arrayBuffer()) });
      return say("backupAdded", { name });
    });
  const download = ({ name }: Backup): Promise<void> =>
    act(async () => {
      await saveFile(name, await admin("downloadBackup", { parameters: { name } }));
      return null;
    });
  const confirm = (): Promise<void> =>
    act(async () => {
      if (asked === null) return null;
      const { name } = asked.backup;
      if (asked.what === "restore") {
        // The banner above says what happens now.
        await admin("restoreBackup", { parameters: { name } });
        return null;
      }
      await admin("removeBackup", { parameters: { name } });
      return say("backupRemoved", { name });
    });

  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" disabled={isBusy} icon={<Plus className="size-4" />} onClick={() => void create()}>
          {say("backupCreate")}
        </Button>
        <Button disabled={isBusy} icon={<Upload className="size-4" />} onClick={() => chooser.current?.click()}>
          {say("backupUpload")}
        </Button>
        <input
          ref={chooser}
          type="file"
          accept=".db"
          aria-label={say("backupUpload")}
          className="hidden"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = "";
            if (file !== undefined) void upload(file);
          }}
        />
      </div>
      {problem === null ? null : <ErrorState error={problem} />}
      <Card className="overflow-hidden">
        {error !== null ? (
          <div className="px-4">
            <ErrorState error={error} onRetry={() => void refetch()} />
          </div>
        ) : data === undefined ? (
          <SkeletonRows rows={4} height={rowHeight} className="px-4" />
        ) : data.backups.length === 0 ? (
          <EmptyState icon={<Archive className="size-6" />} title={say("backupEmpty")}>
            {say("backupEmptyHelp")}
          </EmptyState>
        ) : (
          <BackupTable
            backups={data.backups}
            onAsk={(what, backup) => setAsked({ what, backup })}
            onDownload={(one) => void download(one)}
          />
        )}
      </Card>
      {data === undefined ? null : (
        <p className="flex items-center gap-1.5 text-small text-ink-muted">
          {say("backupFolder")} <code className="min-w-0 truncate font-mono">{data.folder}</code>
          <CopyButton text={data.folder} name={say("copyPath", { name: say("backup") })} />
        </p>
      )}
      <Confirm
        isOpen={asked !== null}
        isBusy={isBusy}
        onClose={() => setAsked(null)}
        title={say(asked?.what === "delete" ? "deleteQuestion" : "restoreQuestion")}
        confirm={asked?.what === "delete" ? say("deleteConfirm", { name: asked.backup.name }) : say("restoreConfirm")}
        onConfirm={() => void confirm()}
      >
        <p className="break-words">{say(asked?.what === "delete" ? "deleteHelp" : "restoreHelp", { name: asked?.backup.name ?? "" })}</p>
      </Confirm>
    </div>
  );
}

interface BackupTableProps {
  readonly backups: readonly Backup[];
  readonly onAsk: (what: "restore" | "delete", backup: Backup) => void;
  readonly onDownload: (backup: Backup) => void;
}

function BackupTable({ backups, onAsk, onDownload }: BackupTableProps): ReactNode {
  const say = useText("settings");
  const head = "h-8 px-2 text-left text-small font-medium text-ink-muted first:pl-4 last:pr-3";
  return (
    <table className="w-full table-fixed">
      <thead className="border-b border-line">
        <tr>
          <th scope="col" className={head}>
            {say("backupName")}
          </th>
          <th scope="col" className={`${head} w-24`}>
            {say("backupOf")}
          </th>
          <th scope="col" className={`${head} w-24 !text-right`}>
            {say("backupSize")}
          </th>
          <th scope="col" className={`${head} w-28`}>
            {say("backupMadeAt")}
          </th>
          <td className="w-12" />
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {backups.map((backup) => (
          <tr key={backup.name} className="h-11">
            <th scope="row" className="px-2 py-1.5 pl-4 text-left font-mono text-small font-normal break-all" title={backup.name}>
              {backup.name}
            </th>
            <td className="truncate px-2 text-ink-soft">{say(backup.database === "chats" ? "backupChats" : "backupPostern")}</td>
            <td className="px-2 text-right text-ink-soft">{formatBytes(backup.bytes)}</td>
            <td className="px-2 text-ink-soft">
              <Ago atMs={backup.createdAtMs} />
            </td>
            <td className="pr-3 text-right">
              <Menu
                trigger={
                  <IconButton
                    size="small"
                    label={say("backupActions", { name: backup.name })}
                    icon={<MoreHorizontal className="size-4" />}
                  />
                }
                items={[
                  { words: say("backupRestore"), icon: <RotateCcw className="size-4" />, onSelect: () => onAsk("restore", backup) },
                  { words: say("backupDownload"), icon: <Download className="size-4" />, onSelect: () => onDownload(backup) },
                  null,
                  {
                    words: say("backupDelete"),
                    icon: <Trash2 className="size-4" />,
                    isDanger: true,
                    onSelect: () => onAsk("delete", backup),
                  },
                ]}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
