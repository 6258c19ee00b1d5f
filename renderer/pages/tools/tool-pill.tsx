import type { ReactNode } from "react";
import type { ToolInfo } from "#shared/contract/connect.ts";
import { useNow } from "../../parts/ago.tsx";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { formatAgo } from "../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../text/texts.ts";

interface Pill {
  readonly tone: Tone;
  readonly text: TextKey<Texts["tools"]>;
}

/** How a tool stands, in two words. */
export function ToolPill({ tool }: { readonly tool: ToolInfo }): ReactNode {
  const say = useText("tools");
  const nowMs = useNow();
  const { tone, text } = pillOf(tool);
  const seenAtMs = tool.grant?.lastSeenAtMs ?? null;
  return (
    <Badge tone={tone}>
      {say(text)}
      {text === "pillConnected" && seenAtMs !== null ? ` ${formatAgo(seenAtMs, nowMs)}` : ""}
    </Badge>
  );
}

function pillOf({ reach, connection, grant, found }: ToolInfo): Pill {
  if (reach.state === "none") return { tone: "warn", text: "pillNone" };
  if (connection.state === "changed") return { tone: "warn", text: "pillChanged" };
  if (connection.state === "moved") return { tone: "warn", text: "pillMoved" };
  if (grant !== null && grant.lastSeenAtMs !== null && grant.state === "active") return { tone: "ok", text: "pillConnected" };
  if (connection.state === "applied") return { tone: "accent", text: "pillApplied" };
  if (grant !== null) return { tone: "accent", text: "pillKey" };
  if (reach.state === "limited") return { tone: "warn", text: "pillLimited" };
  if (found !== null) return { tone: "info", text: "pillInstalled" };
  return { tone: "neutral", text: "pillMissing" };
}

/** Whether a pill says more than the group that the tool stands in. */
export function hasPill(tool: ToolInfo): boolean {
  return pillOf(tool).text !== "pillMissing";
}
