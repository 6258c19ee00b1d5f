import { create } from "zustand";

/** What lies over the pages. */
export const useShell = create<{ readonly open: "palette" | "shortcuts" | null }>(() => ({ open: null }));
