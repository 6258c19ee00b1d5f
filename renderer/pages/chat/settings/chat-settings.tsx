import type { ReactNode } from "react";
import { Dialog } from "../../../parts/dialogs.tsx";
import { Field, TextArea } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import { changeSettings } from "../session/chat-actions.ts";
import type { OpenChat } from "../session/open-chat.ts";
import { ParameterFields } from "./parameter-fields.tsx";
import { PresetBar } from "./preset-bar.tsx";

/** What holds for a chat's next answers: system prompt, parameters, and presets of both. It takes effect as it is typed. */
export function ChatSettingsSheet({
  chat,
  isOpen,
  onClose,
}: {
  readonly chat: OpenChat;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("chat");
  const { settings } = chat;
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={say("settings")} summary={say("settingsHelp")} shape="sheet">
      <div className="flex flex-col gap-5">
        <PresetBar settings={settings} onChange={(change) => changeSettings(chat.id, change)} />
        <Field label={say("system")} help={say("systemHelp")}>
          <TextArea
            rows={7}
            maxLength={100_000}
            value={settings.system}
            onChange={(event) => changeSettings(chat.id, { system: event.target.value })}
          />
        </Field>
        <ParameterFields parameters={settings.parameters} onChange={(parameters) => changeSettings(chat.id, { parameters })} />
      </div>
    </Dialog>
  );
}
