import { useCallback, useState } from "react";
import type { Attachment } from "#shared/schema/chat.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { formatBytes } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { mostAttachmentBytes } from "#shared/schema/chat.ts";
import { readFile, UnusableFile } from "../session/attachment-cache.ts";

/** The files that go with the next message. */
export interface Files {
  readonly attachments: readonly Attachment[];
  add(files: Iterable<File>): void;
  remove(hash: string): void;
  replace(attachments: readonly Attachment[]): void;
}

/** Files as they are chosen, pasted or dropped; one that cannot be sent is said, and the others stay. */
export function useFiles(): Files {
  const say = useText("chat");
  const [attachments, setAttachments] = useState<readonly Attachment[]>([]);
  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        readFile(file).then(
          (one) => setAttachments((former) => [...former.filter(({ hash }) => hash !== one.hash), one]),
          (error: unknown) => {
            const why = error instanceof UnusableFile ? error.why : "attachUnreadable";
            tellNews(say(why, { name: file.name, most: formatBytes(mostAttachmentBytes) }), { isBad: true });
          },
        );
      }
    },
    [say],
  );
  const remove = useCallback((hash: string) => setAttachments((former) => former.filter((one) => one.hash !== hash)), []);
  return { attachments, add, remove, replace: setAttachments };
}
