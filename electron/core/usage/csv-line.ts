/** What a cell can hold. */
export type CsvValue = string | number | boolean | object | null;

/**
 * One line of comma-separated values (RFC 4180) with its end. What a spreadsheet would take for a formula gets an
 * apostrophe: names in the log are what strangers called themselves.
 *
 * @param values objects are written as JSON, null as nothing
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: CsvValue): string {
  if (value === null) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
