import { WrapText } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { CopyButton } from "../../../parts/copy.tsx";
import { useText } from "../../../text/texts.ts";
import { highlight } from "./highlight.ts";

/** Code in an answer, with its language and a copy button. Coloured once it is whole: half a program has no grammar. */
export const Code = memo(function Code({
  text,
  language,
  isClosed,
}: {
  readonly text: string;
  readonly language: string;
  readonly isClosed: boolean;
}): ReactNode {
  const say = useText("markdown");
  const place = useRef<HTMLElement>(null);
  const [isWrapped, setWrapped] = useState(false);
  useEffect(
    () => (isClosed && place.current !== null ? highlight(place.current, { text, language }) : undefined),
    [text, language, isClosed],
  );
  const title = language === "" ? say("code") : language;
  return (
    <figure className="answer-block my-3 overflow-hidden rounded-card border border-line bg-sunken">
      <figcaption className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-small text-ink-muted">
        <span className="truncate font-mono">{title}</span>
        <span className="flex items-center">
          <IconButton
            size="small"
            label={say("wrapLines")}
            aria-pressed={isWrapped}
            icon={<WrapText className="size-4" />}
            onClick={() => setWrapped(!isWrapped)}
          />
          <CopyButton text={text} name={say("code")} />
        </span>
      </figcaption>
      {/* It scrolls, and so must be reachable by keyboard. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={say("codeIn", { language: title })}
        className={classNames(
          "overflow-x-auto p-3 font-mono text-body leading-5 outline-offset-[-2px]",
          isWrapped && "break-words whitespace-pre-wrap",
        )}
      >
        <code ref={place}>{text}</code>
      </pre>
    </figure>
  );
});
