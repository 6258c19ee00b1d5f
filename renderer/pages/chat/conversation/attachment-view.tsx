import { FileAudio, FileText, FileX, X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { Attachment } from "#shared/schema/chat.ts";
import { wordsOf } from "../../../data/admin.ts";
import { Button } from "../../../parts/button.tsx";
import { saveFile } from "../../../parts/save-file.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { formatBytes } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { blobOf, kindOf, urlOf } from "../session/attachment-cache.ts";

/** A file that a message came with: a picture as it is, everything else by its name. Without `onRemove`, a click saves it. */
export function AttachmentView({ attachment, onRemove }: { readonly attachment: Attachment; readonly onRemove?: () => void }): ReactNode {
  const say = useText("chat");
  const kind = kindOf(attachment);
  const { url, isGone } = usePicture(attachment, kind === "image");
  const name = (
    <>
      <span className="block max-w-44 truncate font-medium">{attachment.name}</span>
      <span className="block text-small text-ink-muted">{isGone ? say("fileGone") : formatBytes(attachment.bytes)}</span>
    </>
  );
  const Icon = isGone ? FileX : kind === "audio" ? FileAudio : FileText;
  const shown =
    kind === "image" && url !== null ? (
      <img
        src={url}
        alt={attachment.name}
        className={onRemove === undefined ? "max-h-72 max-w-full rounded-card" : "size-14 rounded-control object-cover"}
      />
    ) : (
      <span className="flex items-center gap-2.5 text-left">
        <Icon aria-hidden="true" className="size-5 shrink-0 text-ink-muted" strokeWidth={1.5} />
        <span className="min-w-0">{name}</span>
      </span>
    );
  if (onRemove !== undefined) {
    return (
      <div className="relative flex items-center rounded-card border border-line bg-surface py-1.5 pr-4 pl-2 has-[img]:p-1.5">
        {shown}
        <button
          type="button"
          aria-label={say("removeFile", { name: attachment.name })}
          onClick={onRemove}
          className="absolute -top-2 -right-2 grid size-6 place-items-center rounded-full border border-line bg-raised text-ink-soft shadow-card hover:text-ink"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      </div>
    );
  }
  return (
    <Button
      aria-label={say("saveFile", { name: attachment.name })}
      className={kind === "image" && url !== null ? "!h-auto !border-0 !bg-transparent !p-0 !shadow-none" : "!h-auto !px-3 !py-2"}
      onClick={() => {
        blobOf(attachment)
          .then((blob) => saveFile(attachment.name, new Response(blob)))
          .catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
      }}
    >
      {shown}
    </Button>
  );
}

/** The address of a picture's bytes; null until it is there. */
function usePicture(attachment: Attachment, isPicture: boolean): { readonly url: string | null; readonly isGone: boolean } {
  const [state, setState] = useState<{ readonly url: string | null; readonly isGone: boolean }>({ url: null, isGone: false });
  const { hash } = attachment;
  useEffect(() => {
    if (!isPicture) return undefined;
    let isOver = false;
    urlOf(attachment)
      .then((url) => !isOver && setState({ url, isGone: false }))
      .catch(() => !isOver && setState({ url: null, isGone: true }));
    return () => {
      isOver = true;
    };
    // Its bytes are its hash: the rest of it does not matter.
  }, [hash, isPicture]);
  return state;
}
