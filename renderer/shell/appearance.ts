import { useEffect } from "react";
import type { AppearanceSettings } from "#shared/schema/window-settings.ts";
import { useSettingValue } from "../data/settings.ts";
import { setTheme } from "./theme.ts";

/** Keeps the window looking as the settings say, from the moment that they change. */
export function useAppearance(): void {
  const theme = useSettingValue<AppearanceSettings["theme"] | null>("appearance", "theme", null);
  const density = useSettingValue<AppearanceSettings["density"]>("appearance", "density", "comfortable");
  const textSize = useSettingValue<AppearanceSettings["textSize"]>("appearance", "textSize", "normal");
  const motion = useSettingValue<AppearanceSettings["motion"]>("appearance", "motion", "system");
  useEffect(() => {
    if (theme !== null) setTheme(theme);
  }, [theme]);
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset["density"] = density;
    dataset["textSize"] = textSize;
    dataset["motion"] = motion;
  }, [density, textSize, motion]);
}
