import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ChatInfo } from "#shared/contract/chats.ts";
import { admin } from "../../../data/admin.ts";

const pageSize = 100;

/** The list of chats, as far as it was read. */
export interface ChatPages {
  readonly pinned: readonly ChatInfo[];
  /** The newest first. */
  readonly chats: readonly ChatInfo[];
  /** False where the settings say that no chat is kept; undefined until it is known. */
  readonly keeps: boolean | undefined;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly retry: () => void;
}

/** Reads the list page by page; what changes in it is read again. */
export function useChatPages(): ChatPages {
  const { data, isLoading, error, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ["listChats", "pages"],
    queryFn: ({ pageParam, signal }) =>
      admin("listChats", { query: { limit: pageSize, ...(pageParam === null ? {} : { before: pageParam }) } }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  return useMemo(
    () => ({
      pinned: data?.pages[0]?.pinned ?? [],
      chats: data?.pages.flatMap((page) => page.chats) ?? [],
      keeps: data?.pages[0]?.keeps,
      isLoading,
      error: data === undefined ? error : null,
      hasMore: hasNextPage,
      loadMore: () => void fetchNextPage(),
      retry: () => void refetch(),
    }),
    [data, isLoading, error, hasNextPage, fetchNextPage, refetch],
  );
}
