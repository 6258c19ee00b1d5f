import { BookmarkPlus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Preset } from "#shared/schema/chat-export.ts";
import type { ChatSettings } from "#shared/schema/chat.ts";
import { admin, wordsOf } from "../../../data/admin.ts";
import { refresh, useAdmin } from "../../../data/queries.ts";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Select } from "../../../parts/select.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { offerUndo, tellNews } from "../../../parts/toasts.tsx";
import { useText } from "../../../text/texts.ts";

/** System prompts and parameters by name: chosen, kept, replaced, removed. */
export function PresetBar({
  settings,
  onChange,
}: {
  readonly settings: ChatSettings;
  readonly onChange: (change: Partial<ChatSettings>) => void;
}): ReactNode {
  const say = useText("chat");
  const { data } = useAdmin("listPresets", {});
  const [name, setName] = useState<string | null>(null);
  const presets = data?.presets ?? [];
  const chosen = presets.find(({ id }) => id === settings.presetId);

  async function keep(id: string, presetName: string): Promise<void> {
    try {
      const [model] = settings.models;
      const body = { name: presetName, system: settings.system, parameters: settings.parameters, model: model ?? null };
      await admin("putPreset", { parameters: { preset: id }, body });
      await refresh("listPresets");
      onChange({ presetId: id });
      setName(null);
      tellNews(say("presetKept", { name: presetName }));
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
  }

  async function remove({ id, ...preset }: Preset): Promise<void> {
    try {
      await admin("deletePreset", { parameters: { preset: id } });
      onChange({ presetId: null });
      await refresh("listPresets");
      offerUndo(say("presetDeleted", { name: preset.name }), () => {
        void admin("putPreset", { parameters: { preset: id }, body: preset }).then(() => refresh("listPresets"));
      });
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
  }

  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-end gap-2">
        <Field label={say("preset")} className="flex-1">
          <Select
            value={chosen?.id ?? "none"}
            choices={[{ value: "none", words: say("noPreset") }, ...presets.map(({ id, name: words }) => ({ value: id, words }))]}
            onChange={(value) => {
              const preset = presets.find(({ id }) => id === value);
              if (preset === undefined) onChange({ presetId: null, system: "", parameters: {} });
              else {
                const { id, system, parameters, model } = preset;
                onChange({ presetId: id, system, parameters, ...(model === null ? {} : { models: [model] }) });
              }
            }}
          />
        </Field>
        {chosen === undefined ? null : (
          <>
            <Button onClick={() => void keep(chosen.id, chosen.name)}>{say("presetReplace")}</Button>
            <IconButton
              label={say("presetDelete", { name: chosen.name })}
              icon={<Trash2 className="size-4" />}
              onClick={() => void remove(chosen)}
            />
          </>
        )}
        <Button icon={<BookmarkPlus className="size-4" />} onClick={() => setName(name === null ? "" : null)} aria-expanded={name !== null}>
          {say("presetNew")}
        </Button>
      </div>
      {name === null ? null : (
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") void keep(crypto.randomUUID(), name.trim());
          }}
        >
          <Field label={say("presetName")} className="flex-1">
            <Input autoFocus maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          </Field>
          <Button kind="primary" type="submit" disabled={name.trim() === ""}>
            {say("presetSave")}
          </Button>
        </form>
      )}
    </div>
  );
}
