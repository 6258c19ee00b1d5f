import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type * as z from "zod";

/** Goes to a page: `go("models", { item: "openai/gpt-5", search: { provider: "openai" } })`. */
export type Go = (
  page: string,
  options?: { readonly item?: string; readonly search?: Readonly<Record<string, unknown>>; readonly isReplacing?: boolean },
) => void;

/** What stands in the URL's hash for a page and a thing on it, for links. */
export function hashOf(page: string, item?: string): string {
  return `#/${page}${item === undefined ? "" : `/${item.split("/").map(encodeURIComponent).join("/")}`}`;
}

/** A function that goes to pages. */
export function useGo(): Go {
  const navigate = useNavigate();
  return useCallback<Go>(
    (page, { item, search, isReplacing = false } = {}) => {
      const to = item === undefined ? `/${page}` : `/${page}/$`;
      void navigate({ to, params: { _splat: item }, search: search ?? {}, replace: isReplacing } as never);
    },
    [navigate],
  );
}

/** The thing that the URL names on this page (`#/models/openai/gpt-5` gives `openai/gpt-5`); null where it names none. */
export function useItem(): string | null {
  const { _splat } = useParams({ strict: false }) as { readonly _splat?: string };
  return _splat === undefined || _splat === "" ? null : _splat;
}

/**
 * What stands behind the question mark, as the page's schema reads it, and how to change it: `setSearch({ provider: "openai" })`
 * changes that alone, and undefined takes it out. Going back undoes it, unless it replaces (as it should while somebody types).
 */
export function usePageSearch<Schema extends z.ZodType<Record<string, unknown>>>(
  schema: Schema,
): readonly [z.output<Schema>, (change: Partial<z.output<Schema>>, options?: { readonly isReplacing?: boolean }) => void] {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const setSearch = useCallback(
    (change: Partial<z.output<Schema>>, { isReplacing = false }: { readonly isReplacing?: boolean } = {}) => {
      void navigate({ to: ".", search: (former: object) => ({ ...former, ...change }), replace: isReplacing } as never);
    },
    [navigate],
  );
  return [schema.parse(search), setSearch];
}
