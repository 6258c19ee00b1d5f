import { ListFilter, Pause, Play, ScrollText } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "../../parts/button.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useAdmin } from "../../data/queries.ts";
import { gatewayAddress } from "../../shell/base-urls.ts";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { createCallFeed } from "./call-feed.ts";
import { rowHeight } from "./call-row.tsx";
import { CallSheet } from "./call-sheet.tsx";
import { CallTable } from "./call-table.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { LogMenu } from "./log-menu.tsx";
import { activitySearchSchema, filterOf } from "./search.ts";
import { writeCurl } from "./write-curl.ts";

/** The page of calls. */
export function PageView(): ReactNode {
  const say = useText("activity");
  const [search, setSearch] = usePageSearch(activitySearchSchema);
  const go = useGo();
  const item = useItem();
  const searchText = JSON.stringify(search);
  const filter = useMemo(() => filterOf(JSON.parse(searchText) as typeof search, Date.now()), [searchText]);
  const feed = useMemo(() => createCallFeed(filter), [filter]);
  const state = useSyncExternalStore(feed.subscribe, () => feed.state);
  const [isPaused, setPaused] = useState(false);
  const [isAtTop, setAtTop] = useState(true);
  const [isPressed, setPressed] = useState(false);
  const scrollToTop = useRef<() => void>(() => undefined);
  useEffect(() => feed.start(), [feed]);
  const isFollowing = !isPaused && isAtTop && !isPressed;
  useEffect(() => feed.setFollowing(isFollowing), [feed, isFollowing]);

  const isFiltered = Object.keys(filter).length > 0;
  const open = (id: number): void => go("activity", { item: String(id), search });
  const close = (): void => go("activity", { search });
  const resume = (): void => {
    setPaused(false);
    setAtTop(true);
    feed.setFollowing(true);
    scrollToTop.current();
  };

  return (
    <PageFrame
      title={say("title")}
      layout="fill"
      actions={
        <>
          <Button
            icon={isPaused ? <Play aria-hidden="true" className="size-4" /> : <Pause aria-hidden="true" className="size-4" />}
            onClick={() => (isPaused ? resume() : setPaused(true))}
          >
            {isPaused ? say("resume") : say("pause")}
          </Button>
          <LogMenu filter={filter} onDeleted={() => feed.reload()} />
        </>
      }
      toolbar={<FilterBar search={search} onChange={setSearch} />}
    >
      {state.phase === "failed" ? (
        <ErrorState error={state.error} onRetry={() => feed.reload()} />
      ) : state.phase === "loading" ? (
        <SkeletonRows rows={14} height={rowHeight} />
      ) : state.calls.length === 0 && state.underWay.length === 0 && !state.isLoadingOlder && !state.hasOlder ? (
        <Nothing isFiltered={isFiltered} onClear={() => go("activity")} />
      ) : (
        <CallTable
          state={state}
          search={search}
          isPaused={isPaused}
          isPressed={isPressed}
          onOpen={open}
          onOlder={() => feed.loadOlder()}
          onAtTop={setAtTop}
          onPress={setPressed}
          onShowNew={resume}
          scrollToTop={scrollToTop}
        />
      )}
      <CallSheet id={item} calls={state.calls} onOpen={open} onClose={close} />
    </PageFrame>
  );
}

function Nothing({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }): ReactNode {
  const say = useText("activity");
  const go = useGo();
  const status = useAdmin("getStatus", {});
  if (isFiltered) {
    return (
      <EmptyState
        icon={<ListFilter className="size-6" />}
        title={say("emptyFilteredTitle")}
        actions={<Button onClick={onClear}>{say("clearFilters")}</Button>}
      >
        {say("emptyFilteredHelp")}
      </EmptyState>
    );
  }
  const address = gatewayAddress(status.data?.addresses ?? []);
  const body = '{"model":"@postern/hello","messages":[{"role":"user","content":"Hi"}]}';
  return (
    <EmptyState
      icon={<ScrollText className="size-6" />}
      title={say("emptyTitle")}
      actions={
        <Button kind="primary" onClick={() => go("tools")}>
          {say("connectTool")}
        </Button>
      }
    >
      <p>{say("emptyHelp")}</p>
      {address === null ? null : (
        <div className="mt-4 w-[min(560px,80vw)] max-w-full text-left">
          <CodeBlock title={say("emptyCurl")} text={writeCurl({ address, path: "/v1/chat/completions", body }, "posix")} />
        </div>
      )}
    </EmptyState>
  );
}
