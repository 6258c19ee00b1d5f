import { PlugZap } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { GrantInfo } from "#shared/contract/grants.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { useLiveEvent } from "../../data/live.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { useNow } from "../../parts/ago.tsx";
import { buttonClasses } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { offerUndo, tellNews } from "../../parts/toasts.tsx";
import { hashOf, useGo } from "../../shell/navigation.ts";
import { formatAgo } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { GrantRow } from "./grant-row.tsx";
import { GrantSheet } from "./grant-sheet.tsx";
import type { NewKey } from "./key-dialog.tsx";

type Open = { readonly what: "edit" | "replace" | "revoke"; readonly grant: GrantInfo } | null;

const rowHeight = 112;
const settleMs = 400;

/** Every key, and what can be done with it. */
export function GrantsSection({ onKey }: { readonly onKey: (made: NewKey) => void }): ReactNode {
  const say = useText("tools");
  const go = useGo();
  const nowMs = useNow();
  const listed = useAdmin("listGrants", {});
  const activity = useAdmin("listGrantActivity", {}).data?.activity ?? [];
  const tools = useAdmin("listTools", {}).data?.tools ?? [];
  const [open, setOpen] = useState<Open>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  useSpendingLive();

  async function act(deed: () => Promise<void>): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      await deed();
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setBusy(false);
      setOpen(null);
      await refresh("listGrants", "listTools", "getTool");
    }
  }

  function setPaused(grant: GrantInfo, paused: boolean): void {
    const change = (isPaused: boolean): Promise<unknown> =>
      admin("changeGrant", { parameters: { grant: grant.id }, body: { permissions: { ...grant.permissions, paused: isPaused } } });
    void act(async () => {
      await change(paused);
      const words = say(paused ? "paused" : "resumed", { name: grant.name });
      offerUndo(words, () => void change(!paused).then(() => refresh("listGrants")));
    });
  }

  if (listed.isPending) return <SkeletonRows rows={4} height={rowHeight} />;
  if (listed.isError && listed.data === undefined) return <ErrorState error={listed.error} onRetry={() => void listed.refetch()} />;
  const { grants } = listed.data;
  const seen = open === null ? undefined : activity.find(({ grantId }) => grantId === open.grant.id);
  return (
    <section aria-label={say("grantsTitle")}>
      {failure === null ? null : (
        <p role="alert" className="mb-3 rounded-card bg-bad-soft p-3 text-bad">
          {failure}
        </p>
      )}
      {grants.length === 0 ? (
        <EmptyState
          icon={<PlugZap className="size-6" />}
          title={say("noGrantsTitle")}
          actions={
            <a href={hashOf("tools", "connect")} className={buttonClasses("primary")}>
              {say("noGrantsConnect")}
            </a>
          }
        >
          {say("noGrantsHelp")}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-line rounded-card border border-line bg-surface shadow-card">
          {grants.map((grant) => (
            <GrantRow
              key={grant.id}
              grant={grant}
              toolName={tools.find(({ grantName }) => grantName === grant.name)?.name ?? null}
              activity={activity.find(({ grantId }) => grantId === grant.id) ?? null}
              deeds={{
                edit: () => setOpen({ what: "edit", grant }),
                setPaused: (paused) => setPaused(grant, paused),
                replaceKey: () => setOpen({ what: "replace", grant }),
                revoke: () => setOpen({ what: "revoke", grant }),
                showActivity: () => go("activity", { search: { grant: grant.id } }),
              }}
            />
          ))}
        </ul>
      )}
      {open?.what === "edit" ? (
        <GrantSheet
          key={open.grant.id}
          title={say("formEdit", { name: open.grant.name })}
          name={open.grant.name}
          permissions={open.grant.permissions}
          confirm={say("save")}
          onClose={() => setOpen(null)}
          onSave={async (name, permissions) => {
            await admin("changeGrant", { parameters: { grant: open.grant.id }, body: { name, permissions } });
            setOpen(null);
            tellNews(say("saved", { name }));
            await refresh("listGrants", "listTools", "getTool");
          }}
        />
      ) : null}
      <Confirm
        isOpen={open?.what === "replace"}
        onClose={() => setOpen(null)}
        title={say("replaceTitle", { name: open?.grant.name ?? "" })}
        confirm={say("replaceConfirm")}
        isBusy={isBusy}
        onConfirm={() =>
          void act(async () => {
            if (open === null) return;
            const { key } = await admin("replaceGrantKey", { parameters: { grant: open.grant.id } });
            // The question goes before the answer comes: two dialogs would fight for the focus.
            setOpen(null);
            onKey({ name: open.grant.name, key });
          })
        }
      >
        {say("replaceHelp")}
      </Confirm>
      <Confirm
        isOpen={open?.what === "revoke"}
        onClose={() => setOpen(null)}
        title={say("revokeTitle", { name: open?.grant.name ?? "" })}
        confirm={say("revokeConfirm", { name: open?.grant.name ?? "" })}
        isBusy={isBusy}
        onConfirm={() =>
          void act(async () => {
            if (open === null) return;
            await admin("revokeGrant", { parameters: { grant: open.grant.id } });
            tellNews(say("revoked", { name: open.grant.name }));
          })
        }
      >
        <p>{say("revokeHelp")}</p>
        {seen === undefined ? null : <p className="mt-2">{say("revokeUsed", { ago: formatAgo(seen.lastSeenAtMs, nowMs) })}</p>}
        {tools.some(({ grantName, connection }) => grantName === open?.grant.name && connection.state !== "none") ? (
          <p className="mt-2">{say("revokeFiles")}</p>
        ) : null}
      </Confirm>
    </section>
  );
}

/** Reads the bars and figures again a moment after calls end: of a busy second, once. */
function useSpendingLive(): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLiveEvent("calls-changed", () => {
    if (timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void refresh("listGrants", "listGrantActivity");
    }, settleMs);
  });
}
