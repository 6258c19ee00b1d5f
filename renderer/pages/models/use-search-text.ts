import { useCallback, useEffect, useRef, useState } from "react";

const settleMs = 250;

/**
 * What stands in the search field: on the page at once, in the URL a moment after the last key. What comes into the URL by other means
 * (going back, a link) comes into the field.
 */
export function useSearchText(
  inUrl: string | undefined,
  write: (text: string | undefined) => void,
): readonly [string, (text: string) => void] {
  const [text, setText] = useState(inUrl ?? "");
  const written = useRef(inUrl ?? "");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(write);
  useEffect(() => {
    latest.current = write;
  });
  useEffect(() => {
    const next = inUrl ?? "";
    if (next === written.current) return;
    written.current = next;
    clearTimeout(timer.current);
    setText(next);
  }, [inUrl]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = useCallback((next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const trimmed = next.trim();
      written.current = trimmed;
      latest.current(trimmed === "" ? undefined : trimmed);
    }, settleMs);
  }, []);
  return [text, change];
}
