import * as z from "zod";

/** How the window looks. It takes effect at once, in every open window. */
export const appearanceSettingsSchema = z.strictObject({
  theme: z
    .enum(["system", "light", "dark"])
    .default("system")
    .meta({
      title: "Theme",
      help: "Light or dark; or as this machine has it, and changing with it.",
      choices: { system: "As the system", light: "Light", dark: "Dark" },
    }),
  density: z
    .enum(["comfortable", "compact"])
    .default("comfortable")
    .meta({
      title: "Density",
      help: "How close rows of lists and tables stand.",
      choices: { comfortable: "Comfortable", compact: "Compact" },
    }),
  textSize: z
    .enum(["small", "normal", "large", "larger"])
    .default("normal")
    .meta({
      title: "Text size",
      help: "Of the whole window; everything grows with it.",
      choices: { small: "Small", normal: "Normal", large: "Large", larger: "Larger" },
    }),
  motion: z
    .enum(["system", "reduced"])
    .default("system")
    .meta({
      title: "Motion",
      help: "Reduced, nothing slides or fades.",
      choices: { system: "As the system", reduced: "Reduced" },
    }),
});

/** {@link appearanceSettingsSchema}'s values. */
export type AppearanceSettings = z.infer<typeof appearanceSettingsSchema>;

const modelName = z.string().min(1).max(300);

/** What a new chat begins with. */
export const newChatSettingsSchema = z.strictObject({
  defaultModel: modelName.nullable().default(null).meta({
    title: "Model of a new chat",
    help: "A model or an alias. Without one, a new chat takes what the last one used.",
    kind: "model",
  }),
});

/**
 * Keys that are pressed together: `Mod+K`, `Mod+Shift+C`, `/`, `F2`. `Mod` is Command on a Mac and Ctrl elsewhere; the order
 * is always Mod, Ctrl, Alt, Shift.
 */
export const shortcutKeysSchema = z
  .string()
  .regex(
    /^(Mod\+)?(Ctrl\+)?(Alt\+)?(Shift\+)?([A-Z0-9]|F([1-9]|1[0-2])|[,./;'[\]\\`=?-]|Enter|Escape|Space|Backspace|Delete|Home|End|PageUp|PageDown|Arrow(Up|Down|Left|Right))$/,
    'must be keys such as "Mod+Shift+K", "F2" or "/"',
  );

/** What keys do in the window. */
export const shortcutsSettingsSchema = z.strictObject({
  sendWith: z
    .enum(["enter", "mod-enter"])
    .default("enter")
    .meta({
      title: "Send a message with",
      help: "The other one begins a new line; so does Shift+Enter.",
      choices: { enter: "Enter", "mod-enter": "Ctrl/⌘ + Enter" },
    }),
  bindings: z
    .record(z.string().regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/, "must be the name of an action"), shortcutKeysSchema.nullable())
    .default({})
    .meta({
      title: "Changed shortcuts",
      help: "By action: its keys, or null for none. What is not named keeps the keys it came with.",
      kind: "shortcuts",
    }),
});

/** What a person wants to find first. */
export const favouritesSettingsSchema = z.strictObject({
  models: z.array(modelName).max(1_000).default([]).meta({
    title: "Favourite models",
    help: "Stand first wherever a model is chosen. The star in Models adds one.",
    group: "chat",
  }),
});

/** What the window itself remembers. */
export const windowSettingsSchema = z.strictObject({
  firstRunDone: z.boolean().default(false).meta({
    title: "First steps done",
    help: "Turn it off to be shown the first steps again.",
    group: "general",
  }),
});
