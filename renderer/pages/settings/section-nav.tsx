import type { ReactNode } from "react";
import { classNames } from "../../parts/class-names.ts";
import { hashOf } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { type SectionId, sectionIds, sections } from "./sections.ts";

/** The parts of the page, one under the other. */
export function SectionNav({ current }: { readonly current: SectionId | null }): ReactNode {
  const say = useText("settings");
  return (
    <nav
      aria-label={say("sections")}
      className="flex w-48 shrink-0 flex-col gap-0.5 overflow-y-auto pr-3 pb-6 pl-6 max-[960px]:w-44 max-[960px]:pl-4"
    >
      {sectionIds.map((id) => {
        const { icon: Icon, title } = sections[id];
        const isCurrent = id === current;
        return (
          <a
            key={id}
            href={hashOf("settings", id)}
            aria-current={isCurrent ? "true" : undefined}
            className={classNames(
              "flex min-h-8 shrink-0 items-center gap-2.5 rounded-control px-2.5 py-1 transition-colors",
              isCurrent ? "bg-hover font-medium text-ink" : "text-ink-soft hover:bg-hover hover:text-ink",
            )}
          >
            <Icon
              aria-hidden="true"
              strokeWidth={1.75}
              className={classNames("size-4 shrink-0", isCurrent ? "text-accent-ink" : "text-ink-muted")}
            />
            <span className="min-w-0">{say(title)}</span>
          </a>
        );
      })}
    </nav>
  );
}
