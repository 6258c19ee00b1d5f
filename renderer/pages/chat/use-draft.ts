import { useEffect } from "react";
import * as z from "zod";
import { useSettingValue } from "../../data/settings.ts";
import { useChatPages } from "./list/use-chat-pages.ts";
import { useModels } from "../../data/callable-models.ts";
import { changeChat, openChatOf, openDraft, useOpenChats } from "./session/open-chat.ts";

const lastModelsKey = "postern-last-models";
const modelsSchema = z.array(z.string().min(1)).max(4);

/**
 * Opens the new chat that the page shows where it shows no other: with the model that a link names, else the one of the settings,
 * else what the last chat used, else the first that can be called. Where chats are not kept it is a temporary one.
 */
export function useDraft({
  draftId,
  isShown,
  model,
}: {
  readonly draftId: string;
  readonly isShown: boolean;
  readonly model: string | null;
}): { readonly keeps: boolean | undefined } {
  const { keeps } = useChatPages();
  const { models, isLoading } = useModels();
  const preferred = useSettingValue<string | null | undefined>("chat", "defaultModel", undefined);
  const isOpen = useOpenChats(({ chats }) => chats[draftId] !== undefined);
  const chosen = useOpenChats(({ chats }) => chats[draftId]?.settings.models);

  useEffect(() => {
    if (!isShown || isOpen || keeps === undefined) return;
    openDraft(draftId, {}, !keeps);
  }, [isShown, isOpen, keeps, draftId]);

  useEffect(() => {
    const draft = openChatOf(draftId);
    if (draft === undefined || draft.messages.length > 0) return;
    if (model !== null) {
      if (draft.settings.models[0] !== model) changeChat(draftId, { settings: { ...draft.settings, models: [model] } });
    } else if (draft.settings.models.length === 0 && !isLoading && preferred !== undefined) {
      const known = new Set(models.map(({ id }) => id));
      const last = readLast().filter((id) => known.has(id));
      const first = models.find(({ kind }) => kind === "model") ?? models.find(({ kind }) => kind === "built-in");
      const next = preferred !== null ? [preferred] : last.length > 0 ? last : first === undefined ? [] : [first.id];
      if (next.length > 0) changeChat(draftId, { settings: { ...draft.settings, models: next } });
    }
  }, [draftId, isOpen, model, models, isLoading, preferred]);

  useEffect(() => {
    if (chosen !== undefined && chosen.length > 0) localStorage.setItem(lastModelsKey, JSON.stringify(chosen));
  }, [chosen]);

  return { keeps };
}

function readLast(): string[] {
  try {
    return modelsSchema.parse(JSON.parse(localStorage.getItem(lastModelsKey) ?? "[]"));
  } catch {
    return [];
  }
}
