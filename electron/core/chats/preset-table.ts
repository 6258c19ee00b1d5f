import type { Store } from "#core/store/store.ts";
import { type Preset, type PresetInput, presetSchema } from "#shared/schema/chat-export.ts";

/** System prompts and parameters that the person has given a name. */
export interface PresetTable {
  /** By name. */
  list(): Promise<Preset[]>;
  put(id: string, preset: PresetInput): Promise<Preset>;
  /** @returns whether it was there */
  remove(id: string): Promise<boolean>;
}

/** SQL that keeps a preset; with `OR IGNORE`, only where none of its id is there. */
export const putPresetSql = (or: "REPLACE" | "IGNORE"): string =>
  `INSERT OR ${or} INTO presets (uid, name, settings, updated_at_ms) VALUES (?, ?, ?, ?)`;

/** What {@link putPresetSql} takes. */
export function cellsOfPreset({ id, name, ...settings }: Preset, nowMs: number): readonly [string, string, string, number] {
  return [id, name, JSON.stringify(settings), nowMs];
}

/** @param store that of `chats.db` */
export function openPresetTable(store: Pick<Store, "all" | "run">, nowMs: () => number): PresetTable {
  return {
    async list() {
      const rows = await store.all<{ uid: string; name: string; settings: string }>(
        "SELECT uid, name, settings FROM presets ORDER BY name COLLATE NOCASE, uid",
      );
      return rows.flatMap(({ uid, name, settings }) => {
        const preset = presetSchema.safeParse({ ...(JSON.parse(settings) as object), id: uid, name });
        return preset.success ? [preset.data] : [];
      });
    },
    async put(id, input) {
      const preset = { id, ...input };
      await store.run(putPresetSql("REPLACE"), cellsOfPreset(preset, nowMs()));
      return preset;
    },
    remove: async (id) => (await store.run("DELETE FROM presets WHERE uid = ?", [id])) > 0,
  };
}
