/** Names that a client chose end up in columns; none that means something is longer. */
const maxTextLength = 512;

/** The columns are strict integers, which refuse 12.5; a number that is none is an unknown one. */
export function whole(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value);
}

/** As much of a text as a column gets. */
export function cut(value: string | null, maxLength = maxTextLength): string | null {
  return value === null || value.length <= maxLength ? value : value.slice(0, maxLength);
}
