import { type ReactNode, useMemo } from "react";
import { SearchX } from "lucide-react";
import { useAdmin } from "../../data/queries.ts";
import { SearchField } from "../../parts/search-field.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { Banners } from "./banners.tsx";
import { findSettings } from "./find-settings.ts";
import { settingsSearchSchema } from "./search.ts";
import { SectionBody, SettingRows } from "./section-body.tsx";
import { SectionNav } from "./section-nav.tsx";
import { readSection, sectionIds, sections } from "./sections.ts";

const rowHeight = 68;

/** The settings: `#/settings/gateway` is one part of them; a search is over all. */
export function PageView(): ReactNode {
  const say = useText("settings");
  const [search, setSearch] = usePageSearch(settingsSearchSchema);
  const section = readSection(useItem());
  const { data, error, refetch } = useAdmin("listSettings", {});
  const query = search.q?.trim() ?? "";
  const field = (
    <SearchField
      label={say("search")}
      value={search.q ?? ""}
      onChange={(next) => setSearch({ q: next === "" ? undefined : next }, { isReplacing: true })}
      className="w-64"
    />
  );
  return (
    <PageFrame title={say("title")} layout="fill" actions={field}>
      <div className="-mx-6 flex min-h-0 flex-1 border-t border-line pt-4">
        <SectionNav current={query === "" ? section : null} />
        <div className="min-w-0 flex-1 overflow-y-auto pr-6 pb-8 pl-3">
          <div className="max-w-[760px]">
            <Banners />
            {error !== null && data === undefined ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
            {data === undefined ? (
              error === null ? (
                <SkeletonRows rows={6} height={rowHeight} />
              ) : null
            ) : query === "" ? (
              <SectionBody key={section} id={section} settings={data.settings} sought={search.setting ?? null} />
            ) : (
              <FoundSettings settings={data.settings} query={query} />
            )}
          </div>
        </div>
      </div>
    </PageFrame>
  );
}

function FoundSettings({ settings, query }: { readonly settings: Parameters<typeof findSettings>[0]; readonly query: string }): ReactNode {
  const say = useText("settings");
  const found = useMemo(() => findSettings(settings, query).filter(({ kind }) => kind !== "shortcuts"), [settings, query]);
  const groups = sectionIds.filter((id) => found.some(({ group }) => group === id));
  return (
    <>
      <p role="status" className="sr-only">
        {say("found", { count: found.length })}
      </p>
      {groups.length === 0 ? (
        <EmptyState icon={<SearchX className="size-6" />} title={say("nothingFound", { query })}>
          {say("nothingFoundHelp")}
        </EmptyState>
      ) : null}
      {groups.map((id) => (
        <section key={id} aria-label={say(sections[id].title)} className="mb-6">
          <h2 className="mb-2 text-heading font-semibold">{say(sections[id].title)}</h2>
          <SettingRows settings={found.filter(({ group }) => group === id)} sought={null} />
        </section>
      ))}
    </>
  );
}
