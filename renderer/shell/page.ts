import type { LucideIcon } from "lucide-react";
import type { ComponentType } from "react";
import type * as z from "zod";
import type { TextKey, Texts } from "../text/texts.ts";

/** A page of the window: what must be known before its code is loaded. `pages/<id>.page.tsx` exports it as `page`. */
export interface Page {
  /** Its place in the URL: `#/models`, and `#/models/anything/at/all` for a thing on it. */
  readonly id: string;
  /** Its name in the sidebar, in the catalogue's part "shell". */
  readonly title: TextKey<Texts["shell"]>;
  readonly icon: LucideIcon;
  /** Its rank in the sidebar and its shortcut `mod+1` to `mod+9`; null keeps it out of both. */
  readonly order: number | null;
  /** At the foot of the sidebar, beside the status, and no number. */
  readonly isAtFoot?: boolean;
  /** The parts of the message catalogue that it speaks. */
  readonly texts: readonly (keyof Texts)[];
  /** What may stand in the URL behind the question mark: filters, the open tab. What does not fit is left out. */
  readonly search?: z.ZodType<Record<string, unknown>>;
  /** Its code, loaded when it is first opened: a module with a component `PageView`. */
  load(): Promise<{ readonly PageView: ComponentType }>;
}

const modules = import.meta.glob<{ readonly page: Page }>("../pages/*.page.tsx", { eager: true });

/** Every page, in the order of the sidebar. */
export const pages: readonly Page[] = Object.values(modules)
  .map((module) => module.page)
  .sort((one, other) => (one.order ?? 99) - (other.order ?? 99));
