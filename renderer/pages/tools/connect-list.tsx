import { ChevronRight, SearchX } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ToolInfo } from "#shared/contract/connect.ts";
import { useAdmin } from "../../data/queries.ts";
import { SearchField } from "../../parts/search-field.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { hasPill, ToolPill } from "./tool-pill.tsx";

const rowHeight = 68;

/** Every tool that can be connected: those on this machine first. */
export function ConnectList(): ReactNode {
  const say = useText("tools");
  const listed = useAdmin("listTools", {});
  const [search, setSearch] = useState("");
  if (listed.isPending) return <SkeletonRows rows={8} height={rowHeight} />;
  if (listed.isError && listed.data === undefined) return <ErrorState error={listed.error} onRetry={() => void listed.refetch()} />;
  const words = search.toLowerCase().trim();
  const tools = listed.data.tools.filter(({ name, about, id }) => `${name} ${about} ${id}`.toLowerCase().includes(words));
  const isHere = ({ found, connection, grant }: ToolInfo): boolean => found !== null || connection.state !== "none" || grant !== null;
  const groups = [
    { title: say("groupFound"), tools: tools.filter((tool) => tool.kind !== "library" && isHere(tool)) },
    { title: say("groupMissing"), tools: tools.filter((tool) => tool.kind !== "library" && !isHere(tool)) },
    { title: say("groupLibrary"), tools: tools.filter((tool) => tool.kind === "library") },
  ].filter((group) => group.tools.length > 0);
  return (
    <div className="flex flex-col gap-6">
      <SearchField label={say("searchTools")} value={search} onChange={setSearch} className="max-w-80" />
      {groups.length === 0 ? (
        <EmptyState icon={<SearchX className="size-6" />} title={say("noToolFound")}>
          {say("noToolFoundHelp")}
        </EmptyState>
      ) : null}
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2 className="mb-2 text-small font-medium text-ink-muted">{group.title}</h2>
          <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface shadow-card">
            {group.tools.map((tool) => (
              <ToolLine key={tool.id} tool={tool} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** A path in somebody's home folder, as they would write it. */
function atHome(path: string): string {
  return path.replace(/^(?:\/home|\/Users)\/[^/]+(?=\/)/, "~");
}

function ToolLine({ tool }: { readonly tool: ToolInfo }): ReactNode {
  return (
    <li>
      <a
        href={hashOf("tools", `connect/${tool.id}`)}
        className="flex min-h-[68px] items-center gap-3 px-4 py-3 outline-offset-[-2px] hover:bg-hover"
      >
        <ProviderMark id={tool.id} name={tool.name} size="large" />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-center gap-x-2">
            <span className="font-semibold">{tool.name}</span>
            {tool.found?.version === undefined || tool.found.version === null ? null : (
              <span className="text-small text-ink-muted">{tool.found.version}</span>
            )}
          </span>
          <span className="block truncate text-ink-muted">{tool.about}</span>
        </span>
        {tool.found === null ? null : (
          <span className="max-w-64 truncate font-mono text-small text-ink-muted max-xl:hidden" title={tool.found.path}>
            {atHome(tool.found.path)}
          </span>
        )}
        {hasPill(tool) ? <ToolPill tool={tool} /> : null}
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
      </a>
    </li>
  );
}
