import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useConnection } from "../data/connection.ts";
import { type Answer, useAdmin } from "../data/queries.ts";
import { StatusDot, type Tone } from "../parts/badge.tsx";
import { IconButton } from "../parts/button.tsx";
import { copyText } from "../parts/copy.tsx";
import { Menu, type MenuItem } from "../parts/menu.tsx";
import { tellNews } from "../parts/toasts.tsx";
import { type Say, textOf, useText } from "../text/texts.ts";
import { baseUrls, gatewayAddress, tryCommand } from "./base-urls.ts";
import { hashOf } from "./navigation.ts";

/** Always in sight at the foot of the sidebar: whether the gateway runs, where, and its base URLs to copy. */
export function GatewayStatus(): ReactNode {
  const say = useText("shell");
  const isAway = useConnection((connection) => connection.isAway);
  const { data: status } = useAdmin("getStatus", {});
  const address = status === undefined ? null : gatewayAddress(status.addresses);
  const { tone, words } = describe(say, { status, address, isAway });
  return (
    <div className="flex items-center gap-1 rounded-card border border-line bg-surface p-1 shadow-card narrow:flex-col narrow:border-transparent narrow:bg-transparent narrow:p-0 narrow:shadow-none">
      <a
        href={hashOf("settings", "gateway")}
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-control px-2 py-1 transition-colors hover:bg-hover narrow:size-9 narrow:flex-none narrow:justify-center narrow:px-0"
      >
        <StatusDot tone={tone} />
        <span className="min-w-0 narrow:sr-only">
          <span className="sr-only">{say("gateway")}: </span>
          <span className="block truncate text-small font-medium">{words}</span>{" "}
          <span className="block truncate font-mono text-caption text-ink-muted">{address ?? "–"}</span>
        </span>
      </a>
      {address === null ? null : (
        <Menu
          trigger={<IconButton size="small" label={say("copyBaseUrl")} shortcut="mod+shift+c" icon={<Copy className="size-4" />} />}
          items={copyItems(say, address)}
        />
      )}
    </div>
  );
}

/** Copies the base URL that most tools ask for, and says so. */
export async function copyBaseUrl(status: Pick<Answer<"getStatus">, "addresses">): Promise<void> {
  const address = gatewayAddress(status.addresses);
  if (address !== null) await copyAndTell(baseUrls(address).openai);
}

function copyItems(say: Say<"shell">, address: string): MenuItem[] {
  const { openai, anthropic, gemini } = baseUrls(address);
  return [
    { words: say("copyOpenAi"), onSelect: () => void copyAndTell(openai) },
    { words: say("copyAnthropic"), onSelect: () => void copyAndTell(anthropic) },
    { words: say("copyGemini"), onSelect: () => void copyAndTell(gemini) },
    { words: say("copyCurl"), onSelect: () => void copyAndTell(tryCommand(address)) },
  ];
}

async function copyAndTell(text: string): Promise<void> {
  const say = textOf("shell");
  const went = await copyText(text);
  tellNews(went ? `${say("copied")}: ${text.split("\n", 1)[0] ?? ""}` : say("copyFailed"), { isBad: !went });
}

function describe(
  say: Say<"shell">,
  {
    status,
    address,
    isAway,
  }: { readonly status: Answer<"getStatus"> | undefined; readonly address: string | null; readonly isAway: boolean },
): { readonly tone: Tone; readonly words: string } {
  if (isAway) return { tone: "bad", words: say("statusOffline") };
  if (status === undefined) return { tone: "neutral", words: say("statusStarting") };
  if (address === null) return { tone: "bad", words: say("statusStopped") };
  const problems = status.config.problems.length;
  if (problems > 0) return { tone: "warn", words: say("statusProblem", { count: problems }) };
  return { tone: "ok", words: say("statusRunning") };
}
