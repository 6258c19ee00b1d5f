import type { ContractEntry, ContractInput, ContractReply } from "#shared/contract/endpoint.ts";

/** One function for each entry of a resource's part of the contract. */
export type HandlersOf<Entries extends Readonly<Record<string, ContractEntry>>> = {
  readonly [Name in keyof Entries]: (input: ContractInput<Entries[Name]>) => Promise<ContractReply<Entries[Name]>>;
};
