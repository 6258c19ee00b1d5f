import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { whenQuiet } from "../parts/quiet-moment.ts";
import { loadTexts } from "../text/texts.ts";
import { useShell } from "./shell-state.ts";

type Overlay = ComponentType<{ readonly isOpen: boolean; readonly onClose: () => void }>;

/**
 * What can lie over every page: the palette and the sheet of shortcuts. Their code comes in a quiet moment, or when one is opened before:
 * what is typed right after the shortcut is meant for it.
 */
export function Overlays(): ReactNode {
  const open = useShell((state) => state.open);
  const [loaded, setLoaded] = useState<{ readonly Palette: Overlay; readonly ShortcutSheet: Overlay } | null>(null);
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => whenQuiet(() => setQuiet(true)), []);
  useEffect(() => {
    if ((open === null && !isQuiet) || loaded !== null) return;
    const load = async (): Promise<void> => {
      const [{ Palette }, { ShortcutSheet }] = await Promise.all([
        import("./palette/palette.tsx"),
        import("./palette/shortcut-sheet.tsx"),
        loadTexts("palette"),
      ]);
      setLoaded({ Palette, ShortcutSheet });
    };
    // While Postern is away it does not come; the next opening asks again.
    void load().catch(() => undefined);
  }, [open, isQuiet, loaded]);
  if (loaded === null) return null;
  const close = (): void => useShell.setState({ open: null });
  return (
    <>
      <loaded.Palette isOpen={open === "palette"} onClose={close} />
      <loaded.ShortcutSheet isOpen={open === "shortcuts"} onClose={close} />
    </>
  );
}
