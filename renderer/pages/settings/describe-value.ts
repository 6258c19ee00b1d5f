import type { SettingInfo } from "#shared/contract/settings.ts";
import { formatCount } from "../../text/format.ts";
import type { Say } from "../../text/texts.ts";
import { bestUnit, unitsOf } from "./units.ts";

/** A setting's value in a few words: `10 seconds`, `As the system`, `none`. */
export function describeValue({ choices, unit }: Pick<SettingInfo, "choices" | "unit">, value: unknown, say: Say<"settings">): string {
  if (value === null || value === "") return say("none");
  if (typeof value === "boolean") return say(value ? "on" : "off");
  if (typeof value === "number") {
    const best = bestUnit(value, unitsOf(unit));
    // Without a unit it may be a port, whose digits belong together.
    return best === undefined ? String(value) : `${formatCount(value / best.size)} ${say(best.words)}`;
  }
  if (typeof value === "string") return choices[value] ?? value;
  if (Array.isArray(value)) return value.length === 0 ? say("none") : value.join(", ");
  return Object.keys(value as object).length === 0 ? say("none") : JSON.stringify(value);
}
