import {
  Activity,
  Archive,
  Boxes,
  Info,
  Keyboard,
  type LucideIcon,
  MessageSquare,
  Network,
  Palette,
  Server,
  ShieldCheck,
  SlidersHorizontal,
  Stethoscope,
} from "lucide-react";
import { settingGroups } from "#shared/schema/setting-groups.ts";
import type { TextKey, Texts } from "../../text/texts.ts";

/** The parts of the page: those that settings stand in, and those for what is done with everything. */
export const sectionIds = [...settingGroups, "backup", "diagnostics", "about"] as const;

/** One of {@link sectionIds}. */
export type SectionId = (typeof sectionIds)[number];

interface SectionAbout {
  readonly icon: LucideIcon;
  readonly title: TextKey<Texts["settings"]>;
  readonly help: TextKey<Texts["settings"]>;
}

/** What each part is called. */
export const sections: Readonly<Record<SectionId, SectionAbout>> = {
  general: { icon: SlidersHorizontal, title: "general", help: "generalHelp" },
  appearance: { icon: Palette, title: "appearance", help: "appearanceHelp" },
  shortcuts: { icon: Keyboard, title: "shortcuts", help: "shortcutsHelp" },
  chat: { icon: MessageSquare, title: "chat", help: "chatHelp" },
  gateway: { icon: Server, title: "gateway", help: "gatewayHelp" },
  network: { icon: Network, title: "network", help: "networkHelp" },
  models: { icon: Boxes, title: "models", help: "modelsHelp" },
  privacy: { icon: ShieldCheck, title: "privacy", help: "privacyHelp" },
  observability: { icon: Activity, title: "observability", help: "observabilityHelp" },
  backup: { icon: Archive, title: "backup", help: "backupHelp" },
  diagnostics: { icon: Stethoscope, title: "diagnostics", help: "diagnosticsHelp" },
  about: { icon: Info, title: "about", help: "aboutHelp" },
};

/** @returns the first part for what is none */
export function readSection(item: string | null): SectionId {
  return sectionIds.find((id) => id === item) ?? "general";
}
