const decimalPattern = /^(\d{1,30})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;

/** More digits than a price has, and fewer than would cost anything to carry. */
const mostDigits = 40;

/**
 * Reads a number that is not negative and gives it as a plain decimal, exactly: `1.5e-7` as `0.00000015`.
 *
 * @param value a JSON number, or a text that holds one
 * @param shift moves the point: -6 turns a price for a million into one for one
 * @returns null for what is no such number
 */
export function readDecimal(value: unknown, shift = 0): string | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const match = decimalPattern.exec(text);
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  return placePoint(digits, fraction.length - Number(exponent) - shift);
}

/** @param scale how many of the digits stand behind the point; negative for zeros to come */
function placePoint(digits: string, scale: number): string | null {
  const padded = scale < 0 ? digits + "0".repeat(-scale) : digits.padStart(scale + 1, "0");
  const point = padded.length - Math.max(scale, 0);
  const whole = padded.slice(0, point).replace(/^0+(?=\d)/, "");
  const fraction = padded.slice(point).replace(/0+$/, "");
  if (whole.length + fraction.length > mostDigits) return null;
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
