import { ImageOff } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../../../text/texts.ts";
import { Link } from "./link.tsx";
import { isOwnImage } from "./safe-url.ts";

/** An image that a model put into its answer. One from elsewhere is never fetched: its address alone could carry away what was said. */
export function Image({ source, words }: { readonly source: string; readonly words: string }): ReactNode {
  const say = useText("markdown");
  if (isOwnImage(source)) return <img src={source} alt={words} className="my-2 max-h-120 max-w-full rounded-card border border-line" />;
  const label = words === "" ? say("imageBlocked") : say("imageBlockedNamed", { words });
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-control border border-line bg-sunken px-2 py-0.5 text-small text-ink-muted">
      <ImageOff aria-hidden="true" className="size-3.5 shrink-0" />
      <Link href={source}>{label}</Link>
    </span>
  );
}
