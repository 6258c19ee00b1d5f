import { type ReactNode, useEffect, useRef, useState } from "react";
import { loadWhenQuiet } from "../../../parts/lazy-part.ts";
import { classNames } from "../../../parts/class-names.ts";

// In the middle of an answer it would hold up the page.
loadWhenQuiet(() => import("./draw-maths.ts"));

/** A formula. KaTeX comes in a quiet moment, or when the first one is on the page; until then, and where it cannot read it, the source stands there. */
export function Maths({ source, isDisplay }: { readonly source: string; readonly isDisplay: boolean }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let isGone = false;
    async function draw(): Promise<void> {
      const { drawMaths } = await import("./draw-maths.ts");
      if (!isGone && place.current !== null) setDrawn(drawMaths(place.current, { source, isDisplay }));
    }
    void draw();
    return () => {
      isGone = true;
    };
  }, [source, isDisplay]);
  return (
    <span
      className={classNames(isDisplay && "my-3 block overflow-x-auto overflow-y-hidden text-center")}
      {...(isDisplay ? { tabIndex: 0 } : {})}
    >
      <span ref={place} hidden={!isDrawn} />
      {isDrawn ? null : <code className="font-mono text-[0.9em]">{source}</code>}
    </span>
  );
}
