import { keysContract } from "./keys.ts";
import { statusContract } from "./status.ts";

/** The whole admin API. It does not compile until a handler answers each entry. */
export const contract = { ...keysContract, ...statusContract };

/** {@link contract}'s type. */
export type Contract = typeof contract;
