import type { TextKey, Texts } from "../../text/texts.ts";

/** A unit in which an amount can be said. */
export interface Unit {
  readonly id: string;
  /** How many of the setting's own unit it is. */
  readonly size: number;
  readonly words: TextKey<Texts["settings"]>;
}

const second = 1_000;
const minute = 60;
const hour = 3_600;
const day = 86_400;
const kibi = 1_024;

const units: Readonly<Record<string, readonly Unit[]>> = {
  ms: [
    { id: "ms", size: 1, words: "unitMs" },
    { id: "s", size: second, words: "unitSeconds" },
    { id: "min", size: minute * second, words: "unitMinutes" },
    { id: "h", size: hour * second, words: "unitHours" },
  ],
  s: [
    { id: "s", size: 1, words: "unitSeconds" },
    { id: "min", size: minute, words: "unitMinutes" },
    { id: "h", size: hour, words: "unitHours" },
    { id: "d", size: day, words: "unitDays" },
  ],
  bytes: [
    { id: "B", size: 1, words: "unitBytes" },
    { id: "KiB", size: kibi, words: "unitKibibytes" },
    { id: "MiB", size: kibi ** 2, words: "unitMebibytes" },
    { id: "GiB", size: kibi ** 3, words: "unitGibibytes" },
  ],
  days: [{ id: "d", size: 1, words: "unitDays" }],
};

/** In which units an amount can be said; none where it counts nothing. */
export function unitsOf(unit: string | null): readonly Unit[] {
  return unit === null ? [] : (units[unit] ?? []);
}

/** The largest unit in which an amount is a whole number. */
export function bestUnit(amount: number, among: readonly Unit[]): Unit | undefined {
  return among.findLast(({ size }) => amount >= size && amount % size === 0) ?? among[0];
}
