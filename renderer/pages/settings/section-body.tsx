import type { ReactNode } from "react";
import type { SettingInfo } from "#shared/contract/settings.ts";
import { useAdmin } from "../../data/queries.ts";
import { Card } from "../../parts/card.tsx";
import { useText } from "../../text/texts.ts";
import { AboutSection } from "./about-section.tsx";
import { BackupSection } from "./backup-section.tsx";
import { DataSection } from "./data-section.tsx";
import { DiagnosticsSection } from "./diagnostics-section.tsx";
import { type SectionId, sections } from "./sections.ts";
import { SettingRow } from "./setting-row.tsx";
import { ShortcutsSection } from "./shortcuts-section.tsx";

interface SectionBodyProps {
  readonly id: SectionId;
  /** All settings; those of this part are chosen here. */
  readonly settings: readonly SettingInfo[];
  /** `gateway.port`, where somebody was led to one. */
  readonly sought: string | null;
}

/** One part of the page: its settings, and what else belongs to it. */
export function SectionBody({ id, settings, sought }: SectionBodyProps): ReactNode {
  const say = useText("settings");
  const own = settings.filter(({ group, kind }) => group === id && kind !== "shortcuts");
  const shortcuts = settings.find(({ kind }) => kind === "shortcuts");
  return (
    <section aria-labelledby="settings-section">
      <h2 id="settings-section" className="text-heading font-semibold">
        {say(sections[id].title)}
      </h2>
      <p className="mt-0.5 mb-3 max-w-[64ch] text-ink-muted">{say(sections[id].help)}</p>
      {own.length === 0 ? null : <SettingRows settings={own} sought={sought} />}
      {id === "shortcuts" && shortcuts !== undefined ? (
        <div className="mt-4">
          <ShortcutsSection setting={shortcuts} />
        </div>
      ) : null}
      {id === "privacy" ? <DataSection /> : null}
      {id === "backup" ? <BackupSection /> : null}
      {id === "diagnostics" ? <DiagnosticsSection /> : null}
      {id === "about" ? <AboutSection /> : null}
    </section>
  );
}

/** Settings, one under the other; those of the desktop app by themselves, since a browser can change none of them. */
export function SettingRows({ settings, sought }: Omit<SectionBodyProps, "id">): ReactNode {
  const say = useText("settings");
  const { data: about } = useAdmin("getAbout", {});
  const isDesktop = about !== undefined && about.electron !== null;
  const ofDesktop = settings.filter(({ section }) => section === "desktop");
  const others = settings.filter(({ section }) => section !== "desktop");
  const rows = (listed: readonly SettingInfo[], isLocked: boolean): ReactNode => (
    <Card className="divide-y divide-line">
      {listed.map((setting) => {
        const name = `${setting.section}.${setting.name}`;
        return <SettingRow key={name} setting={setting} isForOther={isLocked} isSought={name === sought} />;
      })}
    </Card>
  );
  return (
    <>
      {others.length === 0 ? null : rows(others, false)}
      {ofDesktop.length === 0 ? null : (
        <section aria-label={say("desktopApp")} className={others.length === 0 ? "" : "mt-6"}>
          <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
            <h3 className="font-medium">{say("desktopApp")}</h3>
            {isDesktop ? null : <p className="text-small text-ink-muted">{say("desktopOnly")}</p>}
          </div>
          {rows(ofDesktop, !isDesktop)}
        </section>
      )}
    </>
  );
}
