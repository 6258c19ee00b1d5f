import type { LucideIcon } from "lucide-react";
import type { Texts } from "../../text/texts.ts";
import type { Go } from "../navigation.ts";

/** The kinds of things in the palette, in the order in which they stand where nothing was typed. */
export const commandGroups = ["actions", "pages", "aliases", "models", "chats", "providers", "tools", "settings"] as const;

/** One of {@link commandGroups}. */
export type CommandGroup = (typeof commandGroups)[number];

/** Something that can be found and done. */
export interface Command {
  /** The same at every visit, so that it is remembered as used: `page.keys`. */
  readonly id: string;
  readonly group: CommandGroup;
  /** What it is called, or what it does. */
  readonly words: string;
  /** More about it, muted, behind the words. */
  readonly detail?: string;
  /** Other words by which somebody may look for it. */
  readonly keywords?: string;
  readonly icon: LucideIcon;
  /** Its shortcut, as config.json writes keys. */
  readonly keys?: string | null;
  /** Whether a search has found it already: it stands in the list however little its words fit. */
  readonly isFound?: boolean;
  run(go: Go): void | Promise<void>;
}

/**
 * What a page adds to the palette: `pages/<id>/commands.ts` exports it as `commands`. It is loaded when the palette is first
 * opened.
 */
export interface CommandSource {
  /** The parts of the message catalogue that its words come from. */
  readonly texts: readonly (keyof Texts)[];
  /** Finds them anew each time that the palette opens. */
  find(): Promise<readonly Command[]> | readonly Command[];
}
