import type { Chat } from "#shared/contract/chats.ts";
import type { ChatMessage, MessagePart } from "#shared/schema/chat.ts";
import { pathTo } from "#shared/path-to.ts";

/** A chat's shown path as Markdown, for people to read and to keep: who said what, thoughts as quotes, calls of tools as code. */
export function writeMarkdown(chat: Chat): string {
  const path = pathTo(chat.messages, chat.leafId ?? chat.messages.at(-1)?.id ?? null);
  const system = chat.settings.system.trim();
  const sections = [
    `# ${chat.title.replaceAll(/\s+/g, " ")}`,
    ...(system === "" ? [] : [`## System prompt\n\n${system}`]),
    ...path.map((message) => `## ${speakerOf(message)}\n\n${message.parts.map(writePart).filter(Boolean).join("\n\n")}`.trimEnd()),
  ];
  return `${sections.join("\n\n")}\n`;
}

function speakerOf({ role, details }: ChatMessage): string {
  return role === "user" ? "You" : (details.modelAnswered ?? details.modelAsked ?? "Answer");
}

function writePart(part: MessagePart): string {
  switch (part.type) {
    case "text":
      return part.text.trim();
    case "reasoning":
      return part.text.trim().replaceAll(/^/gm, "> ");
    case "tool-call":
      return [`Calls \`${part.name}\`:`, fence(part.arguments), ...(part.result === null ? [] : ["Gets:", fence(part.result)])].join(
        "\n\n",
      );
    case "attachment":
      return `Attached: ${part.name} (${part.mediaType}, ${part.bytes} bytes)`;
  }
}

/** Longer than any fence inside it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}\n${text}\n${ticks}`;
}
