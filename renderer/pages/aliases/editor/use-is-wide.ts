import { useSyncExternalStore } from "react";

const query = matchMedia("(min-width: 1100px)");

/** Whether there is room for two columns beside the sidebar. */
export function useIsWide(): boolean {
  return useSyncExternalStore(
    (tell) => {
      query.addEventListener("change", tell);
      return () => query.removeEventListener("change", tell);
    },
    () => query.matches,
  );
}
