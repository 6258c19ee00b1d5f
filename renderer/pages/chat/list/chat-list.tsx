import { Download, Ellipsis, SquarePen, Trash2, Upload } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import { useNow } from "../../../parts/ago.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Confirm } from "../../../parts/dialogs.tsx";
import { SearchField } from "../../../parts/search-field.tsx";
import { Menu } from "../../../parts/menu.tsx";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { useText } from "../../../text/texts.ts";
import { deleteAllChats, exportAllChats, importChats } from "./chat-deeds.ts";
import { ChatRow } from "./chat-row.tsx";
import { FoundChats } from "./found-chats.tsx";
import { type ChatGroup, groupByDay } from "./group-by-day.ts";
import { useChatPages } from "./use-chat-pages.ts";

const monthFormat = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });

/** Every chat: new, searched, by day; and what can be done with all of them. */
export const ChatList = memo(function ChatList({
  shownId,
  onNew,
}: {
  readonly shownId: string | null;
  readonly onNew: () => void;
}): ReactNode {
  const say = useText("chat");
  const [search, setSearch] = useState("");
  const [isAsking, setAsking] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <nav aria-label={say("chats")} className="flex w-60 shrink-0 flex-col border-r border-line">
      <div className="flex flex-col gap-2 px-3 pt-4 pb-2">
        <div className="flex items-center gap-1">
          <Button className="min-w-0 flex-1 !justify-start" icon={<SquarePen className="size-4" />} onClick={onNew}>
            {say("newChat")}
          </Button>
          <Menu
            trigger={<IconButton label={say("allChatsMenu")} icon={<Ellipsis className="size-4" />} />}
            items={[
              { words: say("import"), icon: <Upload className="size-4" />, onSelect: () => picker.current?.click() },
              { words: say("exportAll"), icon: <Download className="size-4" />, onSelect: () => void exportAllChats() },
              null,
              { words: say("deleteAll"), icon: <Trash2 className="size-4" />, isDanger: true, onSelect: () => setAsking(true) },
            ]}
          />
        </div>
        <SearchField label={say("search")} value={search} onChange={setSearch} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-4">
        {search.trim() === "" ? <AllChats shownId={shownId} /> : <FoundChats words={search} shownId={shownId} />}
      </div>
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        aria-label={say("importFile")}
        className="hidden"
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again.
          event.target.value = "";
          if (file !== undefined) void importChats(file);
        }}
      />
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={say("deleteAllTitle")}
        confirm={say("deleteAllConfirm")}
        onConfirm={() => {
          setAsking(false);
          onNew();
          void deleteAllChats();
        }}
      >
        {say("deleteAllHelp")}
      </Confirm>
    </nav>
  );
});

function AllChats({ shownId }: { readonly shownId: string | null }): ReactNode {
  const say = useText("chat");
  const nowMs = useNow();
  const { pinned, chats, keeps, isLoading, error, hasMore, loadMore, retry } = useChatPages();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const mark = end.current;
    if (mark === null || !hasMore) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) loadMore();
    });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [hasMore, loadMore, chats.length]);
  if (isLoading) return <SkeletonRows rows={8} height={32} />;
  if (error !== null) return <ErrorState error={error} onRetry={retry} />;
  const groups: ChatGroup[] = [
    ...(pinned.length === 0 ? [] : [{ key: "pinned", kind: "pinned", atMs: nowMs, chats: pinned } as const]),
    ...groupByDay(chats, nowMs),
  ];
  return (
    <>
      {keeps === false ? <p className="mb-2 rounded-control bg-sunken px-3 py-2 text-small text-ink-muted">{say("notKept")}</p> : null}
      {groups.length === 0 && keeps !== false ? <p className="px-3 py-2 text-small text-ink-muted">{say("noChats")}</p> : null}
      {groups.map((group) => (
        <section key={group.key} className="mb-3">
          <h2 className="px-3 pt-2 pb-1 text-caption font-medium text-ink-muted">
            {group.kind === "month" ? monthFormat.format(group.atMs) : say(group.kind)}
          </h2>
          <ul>
            {group.chats.map((chat) => (
              <li key={chat.id}>
                <ChatRow chat={chat} isShown={chat.id === shownId} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      <div ref={end} className="h-px" />
    </>
  );
}
