/** Gives every call of a conversation an id, and every result the id of its call. */
export interface Calls {
  /** A call by the model. */
  called(name: string, id: string | undefined): string;
  /** A result by the client: by id, else the oldest call of that name which has none yet. */
  answered(name: string, id: string | undefined): string;
}

/**
 * Begins to number a conversation's calls. Gemini's clients need send no ids: results match by name and order. The ids
 * made here say just that, so that the same conversation gets the same ids every time.
 */
export function numberCalls(): Calls {
  const waiting: { readonly id: string; readonly name: string }[] = [];
  const counts = new Map<string, number>();
  const makeId = (name: string): string => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `call_${name}_${count}`;
  };
  return {
    called(name, given) {
      const id = given ?? makeId(name);
      waiting.push({ id, name });
      return id;
    },
    answered(name, given) {
      let at = given === undefined ? -1 : waiting.findIndex((call) => call.id === given);
      if (at === -1) at = waiting.findIndex((call) => call.name === name);
      if (at === -1) return given ?? makeId(name);
      return (waiting.splice(at, 1)[0] as { readonly id: string }).id;
    },
  };
}
