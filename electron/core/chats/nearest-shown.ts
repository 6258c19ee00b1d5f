/** What an importer knows of the messages of one chat, by their ids. */
export interface MessageTree {
  /** Null for the first ones, and for those that are not there. */
  readonly parentOf: (id: string) => string | null;
  /** Whether a message is taken over; what hangs on one that is not hangs on what was before. */
  readonly isShown: (id: string) => boolean;
}

/**
 * Finds the message itself or the nearest above it that is shown; null where there is none. Each message is walked over once,
 * however many hang on it and however often is asked: a large chat may hold nothing else up.
 */
export function nearestShownIn({ parentOf, isShown }: MessageTree): (id: string | null) => string | null {
  const known = new Map<string, string | null>();
  return (id) => {
    const walked = new Set<string>();
    let found: string | null = null;
    // A file from elsewhere may lead in a circle.
    for (let at = id; at !== null && !walked.has(at); at = parentOf(at)) {
      const before = known.get(at);
      if (before !== undefined) {
        found = before;
        break;
      }
      walked.add(at);
      if (isShown(at)) {
        found = at;
        break;
      }
    }
    for (const one of walked) known.set(one, found);
    return found;
  };
}
