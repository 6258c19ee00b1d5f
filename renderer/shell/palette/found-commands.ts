import { Boxes, MessageSquare } from "lucide-react";
import type { Answer } from "../../data/queries.ts";
import { textOf } from "../../text/texts.ts";
import type { Command } from "./command.ts";

/** Models whose names hold the words: each can be looked at, or talked to. */
export function modelCommands({ data }: Answer<"queryModels">): readonly Command[] {
  const say = textOf("palette");
  return data.map(({ id, name }) => ({
    id: `model.${id}`,
    group: "models",
    words: name,
    detail: name === id ? say("model") : id,
    keywords: id,
    icon: Boxes,
    isFound: true,
    run: (go) => go("models", { item: id }),
  }));
}

/** Chats that hold the words, in their title or in a message. */
export function chatCommands({ found }: Answer<"searchChats">): readonly Command[] {
  const say = textOf("palette");
  return found.map(({ chat, messages }) => ({
    id: `chat.${chat.id}`,
    group: "chats",
    words: chat.title,
    detail: say("chat"),
    // The words that were found may stand in a message alone.
    keywords: messages.map(({ snippet }) => snippet.text).join(" "),
    icon: MessageSquare,
    isFound: true,
    run: (go) => go("chat", { item: chat.id }),
  }));
}
