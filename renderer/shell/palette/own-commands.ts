import {
  Bot,
  Copy,
  KeyRound,
  Keyboard,
  LogOut,
  MessageSquarePlus,
  Pause,
  Play,
  PlugZap,
  Route,
  Settings2,
  SunMoon,
  Upload,
} from "lucide-react";
import { admin } from "../../data/admin.ts";
import { type Answer, refresh } from "../../data/queries.ts";
import { hasLogin, logOut } from "../../data/session.ts";
import { tellNews } from "../../parts/toasts.tsx";
import { textOf } from "../../text/texts.ts";
import { pages } from "../page.ts";
import { runAction } from "../run-action.ts";
import { keysOf, shortcutActions } from "../shortcut-map.ts";
import type { Command } from "./command.ts";

type Bindings = Readonly<Record<string, string | null>>;

/** What the shell itself brings: every page, and what can be done from everywhere. */
export function findOwnCommands(bindings: Bindings, status: Answer<"getStatus"> | undefined): readonly Command[] {
  const say = textOf("palette");
  const shellSay = textOf("shell");
  const keys = (id: string): string | null => {
    const action = shortcutActions.find((candidate) => candidate.id === id);
    return action === undefined ? null : keysOf(action, bindings);
  };
  const ofShell = (id: string, command: Pick<Command, "words" | "icon" | "keywords">): Command => ({
    ...command,
    id,
    group: "actions",
    keys: keys(id),
    run: (go) => void runAction(id, go),
  });
  return [
    ofShell("chat.new", { words: say("newChat"), icon: MessageSquarePlus, keywords: say("newChatKeywords") }),
    ofShell("gateway.copy-base-url", { words: say("copyBaseUrl"), icon: Copy, keywords: say("copyBaseUrlKeywords") }),
    {
      id: "keys.add",
      group: "actions",
      words: say("addKey"),
      keywords: say("addKeyKeywords"),
      icon: KeyRound,
      run: (go) => go("keys", { search: { open: "add" } }),
    },
    {
      id: "keys.import",
      group: "actions",
      words: say("importKeys"),
      keywords: say("addKeyKeywords"),
      icon: Upload,
      run: (go) => go("keys", { search: { open: "import" } }),
    },
    {
      id: "tools.connect",
      group: "actions",
      words: say("connectTool"),
      keywords: say("connectKeywords"),
      icon: PlugZap,
      run: (go) => go("tools", { item: "connect" }),
    },
    { id: "aliases.new", group: "actions", words: say("newAlias"), icon: Route, run: (go) => go("aliases", { search: { new: "" } }) },
    ...pauseCommands(status),
    ofShell("theme.toggle", { words: say("toggleTheme"), icon: SunMoon, keywords: say("toggleThemeKeywords") }),
    ofShell("help.open", { words: say("openHelp"), icon: Keyboard, keywords: say("openHelpKeywords") }),
    ...(hasLogin
      ? [{ id: "session.end", group: "actions", words: shellSay("logOut"), icon: LogOut, run: () => void logOut() } as const]
      : []),
    ...pages
      .filter(({ order }) => order !== null)
      .map((page): Command => ({
        id: `page.${page.id}`,
        group: "pages",
        words: shellSay(page.title),
        icon: page.icon,
        keys: keys(`page.${page.id}`),
        run: (go) => go(page.id),
      })),
  ];
}

const pauseMinutes = 60;

/** Refusing calls for a while, or taking them again: whichever would change something. */
function pauseCommands(status: Answer<"getStatus"> | undefined): readonly Command[] {
  const say = textOf("palette");
  if (status === undefined || status.addresses.length === 0) return [];
  const isPaused = status.pausedUntilMs !== null;
  const pause = async (minutes: number): Promise<void> => {
    await admin("pauseGateway", { body: { minutes } });
    tellNews(say(minutes === 0 ? "resumed" : "paused"));
    await refresh("getStatus");
  };
  return [
    {
      id: isPaused ? "gateway.resume" : "gateway.pause",
      group: "actions",
      words: say(isPaused ? "resume" : "pause"),
      keywords: say("pauseKeywords"),
      icon: isPaused ? Play : Pause,
      run: () => pause(isPaused ? 0 : pauseMinutes),
    },
  ];
}

/** Every setting: its row is where the command leads. */
export function settingCommands({ settings }: Answer<"listSettings">): readonly Command[] {
  const say = textOf("palette");
  return settings.map(({ section, name, title, help, group }) => ({
    id: `setting.${section}.${name}`,
    group: "settings",
    words: title,
    detail: say("inSettings"),
    keywords: `${help} ${section}.${name}`,
    icon: Settings2,
    run: (go) => go("settings", { item: group, search: { setting: `${section}.${name}` } }),
  }));
}

/** Every alias: opened where it is edited. */
export function aliasCommands({ aliases }: Answer<"listAliases">): readonly Command[] {
  const say = textOf("palette");
  return aliases.map(({ name }) => ({
    id: `alias.${name}`,
    group: "aliases",
    words: name,
    detail: say("alias"),
    icon: Route,
    run: (go) => go("aliases", { item: name }),
  }));
}

/** Every provider: opened with its keys. */
export function providerCommands({ providers }: Answer<"listProviders">): readonly Command[] {
  const say = textOf("palette");
  return providers.map(({ id, name }) => ({
    id: `provider.${id}`,
    group: "providers",
    words: name,
    detail: say("provider"),
    keywords: id,
    icon: Bot,
    run: (go) => go("keys", { item: id }),
  }));
}
