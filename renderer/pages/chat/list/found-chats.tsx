import { type ReactNode, useDeferredValue } from "react";
import type { FoundChat } from "#shared/contract/chats.ts";
import { useAdmin } from "../../../data/queries.ts";
import { classNames } from "../../../parts/class-names.ts";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";
import { Marked } from "./marked.tsx";

/** Chats in which words were found, in their names or in what was said, with where. */
export function FoundChats({ words, shownId }: { readonly words: string; readonly shownId: string | null }): ReactNode {
  const say = useText("chat");
  const deferred = useDeferredValue(words.trim());
  const { data, error, refetch } = useAdmin("searchChats", { query: { words: deferred } }, { isKept: true });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={4} height={64} />;
  return (
    <>
      <p role="status" className="px-3 pt-2 pb-1 text-caption font-medium text-ink-muted">
        {data.found.length === 0 ? say("foundNothing", { words: deferred }) : say("found", { count: data.found.length })}
      </p>
      <ul>
        {data.found.map((found) => (
          <li key={found.chat.id}>
            <FoundRow found={found} isShown={found.chat.id === shownId} />
          </li>
        ))}
      </ul>
    </>
  );
}

function FoundRow({ found, isShown }: { readonly found: FoundChat; readonly isShown: boolean }): ReactNode {
  const [first] = found.messages;
  const messageLink = first === undefined ? "" : `?message=${first.id}`;
  return (
    <a
      href={`${hashOf("chat", found.chat.id)}${messageLink}`}
      aria-current={isShown ? "page" : undefined}
      className={classNames(
        "mb-0.5 block rounded-control px-3 py-2 outline-offset-[-2px] transition-colors hover:bg-hover",
        isShown && "bg-hover",
      )}
    >
      <span className="block truncate font-medium">
        <Marked {...found.title} />
      </span>
      {first === undefined ? null : (
        <span className="mt-0.5 line-clamp-2 text-small break-words text-ink-muted">
          <Marked {...first.snippet} />
        </span>
      )}
    </a>
  );
}
