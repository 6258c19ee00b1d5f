import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  useMutation,
  type UseMutationResult,
  useQuery,
  type UseQueryResult,
} from "@tanstack/react-query";
import type { ContractAnswer, ContractCall } from "#shared/contract/endpoint.ts";
import type { Contract } from "#shared/contract/index.ts";
import { AdminError } from "#shared/contract/client.ts";
import { admin } from "./admin.ts";

/** What one call of the admin API gives. */
export type Answer<Name extends keyof Contract> = ContractAnswer<Contract[Name]>;
/** What one call of the admin API takes. */
export type Call<Name extends keyof Contract> = ContractCall<Contract[Name]>;

/** What the window has read, kept until an event says that it is old. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say when something is old (`live-effects.ts`); looking again at each focus would only flicker.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => !(error instanceof AdminError) && failures < 2,
      networkMode: "always",
    },
    // What was sent may be a key: it is forgotten with the component that sent it.
    mutations: { networkMode: "always", gcTime: 0 },
  },
});

/** The key under which an answer is kept; without a call, the beginning of all of that name's. */
export function queryKeyOf<Name extends keyof Contract>(name: Name, call?: Call<Name>): QueryKey {
  return call === undefined ? [name] : [name, call];
}

/**
 * Reads from the admin API, and again when an event says so: `useAdmin("listKeys", {})`.
 *
 * @param options `isKept` shows the former answer while another one (of a new filter) loads
 */
export function useAdmin<Name extends keyof Contract>(
  name: Name,
  call: Call<Name>,
  options: { readonly enabled?: boolean; readonly isKept?: boolean; readonly refetchInterval?: number } = {},
): UseQueryResult<Answer<Name>> {
  return useQuery({
    queryKey: queryKeyOf(name, call),
    queryFn: ({ signal }) => admin(name, call, { signal }),
    enabled: options.enabled ?? true,
    ...(options.isKept === true ? { placeholderData: keepPreviousData } : {}),
    ...(options.refetchInterval === undefined ? {} : { refetchInterval: options.refetchInterval }),
  }) as UseQueryResult<Answer<Name>>;
}

/**
 * Changes something: `const rename = useAdminAction("renameKey", ["listKeys"]); rename.mutate({ ... })`.
 *
 * @param makesOld the names whose answers are read again after it
 */
export function useAdminAction<Name extends keyof Contract>(
  name: Name,
  makesOld: readonly (keyof Contract)[] = [],
): UseMutationResult<Answer<Name>, Error, Call<Name>> {
  return useMutation({
    mutationFn: (call: Call<Name>) => admin(name, call),
    onSettled: () => refresh(...makesOld),
  });
}

/** Reads again whatever of these names is on the page, and forgets the rest. */
export async function refresh(...names: readonly (keyof Contract)[]): Promise<void> {
  await Promise.all(names.map((name) => queries.invalidateQueries({ queryKey: [name] })));
}
