/** What every local key begins with, so that it is known for one wherever it turns up, and never taken for a provider's key. */
export const localKeyPrefix = "postern_";
