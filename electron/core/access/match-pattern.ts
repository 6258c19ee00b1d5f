/**
 * Whether a name fits a pattern, in which `*` stands for any characters, also none. Exactly as written: no folding of case
 * or look-alikes. Takes time by the product of the two lengths at most, whatever the pattern.
 */
export function matchPattern(pattern: string, name: string): boolean {
  let at = 0;
  let of = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < name.length) {
    if (pattern[of] === "*") {
      star = of++;
      resumeAt = at;
    } else if (pattern[of] === name[at]) {
      of++;
      at++;
    } else if (star === -1) {
      return false;
    } else {
      of = star + 1;
      at = ++resumeAt;
    }
  }
  while (pattern[of] === "*") of++;
  return of === pattern.length;
}

/** Whether a name fits one of several patterns. */
export function matchAny(patterns: readonly string[], name: string): boolean {
  for (const pattern of patterns) if (matchPattern(pattern, name)) return true;
  return false;
}
