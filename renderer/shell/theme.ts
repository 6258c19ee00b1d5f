/** What a person chose; `system` follows the machine. */
export type Theme = "system" | "light" | "dark";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const themeKey = "postern-theme";
let chosen: Theme = readTheme();

/** Puts the theme of the last visit in force before anything is drawn, and follows the machine from then on. */
export function openTheme(): void {
  show();
  systemIsDark.addEventListener("change", show);
}

/** Puts a theme in force, at once. It is kept for the next first paint; the setting itself is in config.json. */
export function setTheme(theme: Theme): void {
  chosen = theme;
  localStorage.setItem(themeKey, theme);
  show();
}

function show(): void {
  const isDark = chosen === "dark" || (chosen === "system" && systemIsDark.matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

function readTheme(): Theme {
  const kept = localStorage.getItem(themeKey);
  return kept === "light" || kept === "dark" ? kept : "system";
}
