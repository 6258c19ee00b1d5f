import { type Command, commandGroups } from "./command.ts";
import { fit } from "./fuzzy.ts";

/** A command as the palette shows it. */
export interface RankedCommand {
  readonly command: Command;
  /** The letters of its words that were meant. */
  readonly places: readonly number[];
}

/** Commands under one heading; `recent` and `best` are no kinds of commands. */
export interface RankedGroup {
  readonly group: Command["group"] | "recent" | "best";
  readonly commands: readonly RankedCommand[];
}

const mostInGroup = 6;
/** Where nothing was typed, long lists would hide what is behind them. */
const silentGroups: ReadonlySet<string> = new Set(["models", "chats", "settings", "providers", "tools"]);
const keywordShare = 0.6;
const recentBonus = 6;
const mostBest = 40;

/**
 * Puts commands in order: what was used last and then by kind where nothing was typed; else by how well they fit, as one list.
 *
 * @param recents ids, the latest first
 */
export function rank(commands: readonly Command[], query: string, recents: readonly string[]): readonly RankedGroup[] {
  if (query.trim() === "") return listAll(commands, recents);
  const found = commands.flatMap((command) => {
    const byWords = fit(query, command.words);
    const more = byWords ?? fit(query, `${command.words} ${command.detail ?? ""} ${command.keywords ?? ""}`);
    const bonus = recents.includes(command.id) ? recentBonus : 0;
    if (more === null) return command.isFound === true ? [{ command, places: [], score: bonus }] : [];
    return [{ command, places: byWords?.places ?? [], score: more.score * (byWords === null ? keywordShare : 1) + bonus }];
  });
  found.sort((one, other) => other.score - one.score || byKind(one.command, other.command));
  return found.length === 0 ? [] : [{ group: "best", commands: found.slice(0, mostBest) }];
}

function listAll(commands: readonly Command[], recents: readonly string[]): readonly RankedGroup[] {
  const used = recents.flatMap((id) => commands.find((command) => command.id === id) ?? []);
  const plain = (listed: readonly Command[]): readonly RankedCommand[] => listed.map((command) => ({ command, places: [] }));
  const groups = commandGroups
    .filter((group) => !silentGroups.has(group))
    .map((group) => {
      const members = commands.filter((command) => command.group === group && !used.includes(command));
      return { group, commands: plain(group === "aliases" ? members.slice(0, mostInGroup) : members) };
    });
  return [{ group: "recent" as const, commands: plain(used) }, ...groups].filter((group) => group.commands.length > 0);
}

function byKind(one: Command, other: Command): number {
  return commandGroups.indexOf(one.group) - commandGroups.indexOf(other.group);
}
