import type { SettingInfo } from "#shared/contract/settings.ts";

/** The settings in which each word of a query stands: in what they are called, what they do, or how config.json names them. */
export function findSettings(settings: readonly SettingInfo[], query: string): readonly SettingInfo[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return settings.filter((setting) => {
    const { title, help, section, name, environment, choices } = setting;
    const text = [title, help, `${section}.${name}`, environment, ...Object.values(choices)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
