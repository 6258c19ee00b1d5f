import { CircleAlert, DatabaseZap, RotateCw } from "lucide-react";
import { memo, type ReactNode, useState } from "react";
import type { CatalogGateway } from "#shared/schema/model.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdmin, useAdminAction } from "../../data/queries.ts";
import { Ago, useNow } from "../../parts/ago.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { classNames } from "../../parts/class-names.ts";
import { Popover } from "../../parts/popover.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { formatAgo } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";

/** How fresh the catalog is, and a panel with every list that it is made of. */
export const SourcesButton = memo(function SourcesButton(): ReactNode {
  const say = useText("models");
  const nowMs = useNow();
  const { data } = useAdmin("listGateways", {});
  const shown = (data?.gateways ?? []).filter((source) => source.enabled && (source.models > 0 || source.last_error !== null));
  const newest = Math.max(...shown.map(({ freshness }) => (freshness.fetched_at === null ? 0 : Date.parse(freshness.fetched_at))), 0);
  const failed = shown.some(({ last_error: error }) => error !== null);
  const refresh = useRefreshing();
  return (
    <Popover
      title={say("sources")}
      align="end"
      trigger={
        <Button
          icon={
            failed ? (
              <CircleAlert aria-hidden="true" className="size-4 text-warn" />
            ) : (
              <DatabaseZap aria-hidden="true" className="size-4 text-ink-muted" />
            )
          }
        >
          {newest === 0 ? say("sources") : say("updated", { when: formatAgo(newest, nowMs) })}
        </Button>
      }
    >
      <div className="flex flex-col gap-2">
        <div className="flex items-center justify-between gap-2">
          <h2 className="font-semibold">{say("sources")}</h2>
          <Button
            size="small"
            disabled={refresh.busy !== null}
            icon={<RotateCw aria-hidden="true" className={classNames("size-3.5", refresh.busy === "" && "animate-spin")} />}
            onClick={() => refresh.start(null)}
          >
            {say(refresh.busy === "" ? "refreshing" : "refreshAll")}
          </Button>
        </div>
        <ul className="flex flex-col">
          {shown.map((source) => (
            <SourceLine key={source.id} source={source} isBusy={refresh.busy === source.id} onRefresh={() => refresh.start(source)} />
          ))}
        </ul>
        <p className="text-small text-ink-muted">
          {say("sourcesHelp")}{" "}
          <a href={hashOf("keys")} className="text-accent-ink underline underline-offset-2">
            {say("addKey")}
          </a>
        </p>
      </div>
    </Popover>
  );
});

function SourceLine({
  source,
  isBusy,
  onRefresh,
}: {
  readonly source: CatalogGateway;
  readonly isBusy: boolean;
  readonly onRefresh: () => void;
}): ReactNode {
  const say = useText("models");
  const { fetched_at: fetchedAt, stale } = source.freshness;
  return (
    <li className="flex items-start gap-2 border-b border-line/60 py-1.5 last:border-0">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-1.5">
          <span className="truncate font-medium">{source.name}</span>
          {source.last_error !== null ? (
            <Badge tone="warn">{say("sourceFailed")}</Badge>
          ) : stale ? (
            <Badge>{say("sourceStale")}</Badge>
          ) : null}
        </div>
        <p className="text-small text-ink-muted">
          {say("modelsCount", { count: source.models })}
          {" · "}
          {fetchedAt === null ? say("builtIn") : <Ago atMs={Date.parse(fetchedAt)} />}
        </p>
        {source.last_error === null ? null : <p className="text-small break-words text-bad">{source.last_error.message}</p>}
      </div>
      <IconButton
        size="small"
        label={say("refreshNamed", { name: source.name })}
        disabled={isBusy}
        icon={<RotateCw aria-hidden="true" className={classNames("size-3.5", isBusy && "animate-spin")} />}
        onClick={onRefresh}
      />
    </li>
  );
}

/** Fetching lists anew. `busy` is the source's id, empty for all of them, and null while nothing is fetched. */
function useRefreshing(): { readonly busy: string | null; readonly start: (source: CatalogGateway | null) => void } {
  const say = useText("models");
  const [busy, setBusy] = useState<string | null>(null);
  const { mutate } = useAdminAction("refreshCatalog", ["listGateways", "listModels", "compareModels"]);
  return {
    busy,
    start(source) {
      setBusy(source?.id ?? "");
      mutate(
        { body: source === null ? {} : { gateways: [source.id] } },
        {
          onSuccess({ outcomes }) {
            const failed = outcomes.filter(({ outcome }) => outcome === "failed");
            if (failed.length === 0)
              tellNews(source === null ? say("refreshedAll", { count: outcomes.length }) : say("refreshed", { name: source.name }));
            else tellNews(say("refreshFailed", { count: failed.length, message: failed[0]?.message ?? "" }), { isBad: true });
          },
          onError: (error) => tellNews(wordsOf(error), { isBad: true }),
          onSettled: () => setBusy(null),
        },
      );
    },
  };
}
