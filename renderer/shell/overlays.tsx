import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { loadTexts } from "../text/texts.ts";
import { useShell } from "./shell-state.ts";

type Overlay = ComponentType<{ readonly isOpen: boolean; readonly onClose: () => void }>;

/** What can lie over every page: the palette and the sheet of shortcuts. Their code is loaded when one is first opened. */
export function Overlays(): ReactNode {
  const open = useShell((state) => state.open);
  const [loaded, setLoaded] = useState<{ readonly Palette: Overlay; readonly ShortcutSheet: Overlay } | null>(null);
  useEffect(() => {
    if (open === null || loaded !== null) return;
    const load = async (): Promise<void> => {
      const [{ Palette }, { ShortcutSheet }] = await Promise.all([
        import("./palette/palette.tsx"),
        import("./palette/shortcut-sheet.tsx"),
        loadTexts("palette"),
      ]);
      setLoaded({ Palette, ShortcutSheet });
    };
    void load();
  }, [open, loaded]);
  if (loaded === null) return null;
  const close = (): void => useShell.setState({ open: null });
  return (
    <>
      <loaded.Palette isOpen={open === "palette"} onClose={close} />
      <loaded.ShortcutSheet isOpen={open === "shortcuts"} onClose={close} />
    </>
  );
}
