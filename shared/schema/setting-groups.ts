/** The parts of the settings page, in their order. */
export const settingGroups = [
  "general",
  "appearance",
  "shortcuts",
  "chat",
  "gateway",
  "network",
  "models",
  "privacy",
  "observability",
] as const;

/** One of {@link settingGroups}. */
export type SettingGroup = (typeof settingGroups)[number];
