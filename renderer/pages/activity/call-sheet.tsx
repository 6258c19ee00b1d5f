import { ChevronDown, ChevronUp, PencilLine, RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { useAdmin } from "../../data/queries.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { formatMoment } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { CallBody } from "./call-body.tsx";
import { callPath } from "./call-path.ts";
import { CallOverview } from "./call-overview.tsx";
import { CurlMenu } from "./curl-menu.tsx";
import { SendAgain } from "./send-again.tsx";
import { StatusWords } from "./call-row.tsx";
import { Timeline } from "./timeline.tsx";

type TabName = "overview" | "attempts" | "request" | "response" | "resend";

/** One call with everything that is known of it, in a sheet over the list. */
export function CallSheet({
  id,
  calls,
  onOpen,
  onClose,
}: {
  /** As the URL has it; null where none is open. */
  readonly id: string | null;
  /** The rows of the list, for its neighbours. */
  readonly calls: readonly LoggedCall[];
  readonly onOpen: (id: number) => void;
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("activity");
  // What was open stays while the sheet goes away.
  const [lastId, setLastId] = useState(id);
  useEffect(() => {
    if (id !== null) setLastId(id);
  }, [id]);
  const shownId = id ?? lastId ?? "";
  const [tab, setTab] = useState<TabName>("overview");
  /** Counts up with each "Replay", so that the tab sends at once. */
  const [replays, setReplays] = useState(0);
  useEffect(() => {
    setTab((former) => (former === "resend" ? "overview" : former));
    setReplays(0);
  }, [shownId]);
  const index = calls.findIndex((call) => String(call.id) === shownId);
  const listed = calls[index];
  const read = useAdmin("getCall", { parameters: { id: shownId } }, { enabled: id !== null && listed === undefined });
  const call = listed ?? read.data;
  const newer = calls[index - 1];
  const older = index === -1 ? undefined : calls[index + 1];
  const canResend = call !== undefined && callPath(call, call.modelAsked ?? "") !== null;
  return (
    <Dialog
      isOpen={id !== null}
      onClose={onClose}
      shape="sheet"
      title={say("callTitle", { id: shownId })}
      summary={
        call === undefined ? undefined : (
          <span className="flex items-center gap-2">
            <StatusWords call={call} />
            <span aria-hidden="true">·</span>
            <span className="shrink-0">{formatMoment(call.startedAtMs)}</span>
          </span>
        )
      }
      actions={
        call === undefined ? undefined : (
          <>
            <div className="mr-auto flex gap-1">
              <IconButton
                label={say("previousCall")}
                icon={<ChevronUp className="size-4" />}
                disabled={newer === undefined}
                onClick={() => newer && onOpen(newer.id)}
              />
              <IconButton
                label={say("nextCall")}
                icon={<ChevronDown className="size-4" />}
                disabled={older === undefined}
                onClick={() => older && onOpen(older.id)}
              />
            </div>
            <CurlMenu call={call} />
            <Button
              icon={<PencilLine aria-hidden="true" className="size-4" />}
              disabled={!canResend}
              onClick={() => {
                setReplays(0);
                setTab("resend");
              }}
            >
              {say("editAndResend")}
            </Button>
            <Button
              icon={<RotateCw aria-hidden="true" className="size-4" />}
              disabled={!canResend}
              onClick={() => {
                setReplays((count) => count + 1);
                setTab("resend");
              }}
            >
              {say("replay")}
            </Button>
          </>
        )
      }
    >
      {call === undefined ? (
        read.isError ? (
          <ErrorState error={read.error} onRetry={() => void read.refetch()} />
        ) : (
          <SkeletonRows rows={10} height={32} />
        )
      ) : (
        <Tabs
          label={say("tabsLabel")}
          value={tab}
          onChange={setTab}
          tabs={[
            { name: "overview", words: say("tabOverview"), content: <CallOverview call={call} onOpen={onOpen} /> },
            {
              name: "attempts",
              words: (
                <>
                  {say("tabAttempts")} <span className="text-ink-muted">{call.attempts.length}</span>
                </>
              ),
              content: <Timeline call={call} />,
            },
            { name: "request", words: say("tabRequest"), content: <CallBody call={call} side="request" /> },
            { name: "response", words: say("tabResponse"), content: <CallBody call={call} side="response" /> },
            {
              name: "resend",
              words: say("tabResend"),
              content: <SendAgain key={call.id} call={call} replays={replays} onOpen={onOpen} />,
            },
          ]}
        />
      )}
    </Dialog>
  );
}
