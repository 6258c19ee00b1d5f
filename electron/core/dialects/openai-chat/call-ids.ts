const shortId = /^[a-zA-Z0-9]{9}$/;

/**
 * Gives tool call ids the form that Mistral takes, nine letters and digits: one that fits stays, the others are numbered
 * in their order, which a conversation that grows does not change.
 *
 * @see https://docs.mistral.ai/capabilities/function_calling
 */
export function openCallIds(): (id: string) => string {
  const ids = new Map<string, string>();
  return (id) => {
    if (shortId.test(id)) return id;
    const known = ids.get(id) ?? `call${String(ids.size + 1).padStart(5, "0")}`;
    ids.set(id, known);
    return known;
  };
}
