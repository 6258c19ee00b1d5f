import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { ChatMessage } from "#shared/schema/chat.ts";
import { IconButton } from "../../../parts/button.tsx";
import { formatCount } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { showBranch } from "../session/chat-actions.ts";

/** `‹ 2/3 ›`: goes through what else stands in this place. Nothing where nothing else does. */
export function SiblingSwitch({
  chatId,
  message,
  siblings,
}: {
  readonly chatId: string;
  readonly message: ChatMessage;
  readonly siblings: readonly ChatMessage[];
}): ReactNode {
  const say = useText("chat");
  if (siblings.length < 2) return null;
  const place = siblings.findIndex(({ id }) => id === message.id);
  const go = (step: number): void => {
    const next = siblings[place + step];
    if (next !== undefined) showBranch(chatId, next.id);
  };
  const values = { place: formatCount(place + 1), count: formatCount(siblings.length) };
  return (
    <span role="group" aria-label={say("versions")} className="inline-flex items-center text-small text-ink-muted">
      <IconButton
        size="small"
        label={say("versionBefore")}
        icon={<ChevronLeft className="size-4" />}
        disabled={place === 0}
        focusableWhenDisabled
        onClick={() => go(-1)}
      />
      <span aria-label={say("versionOf", values)} role="img" className="min-w-7 text-center">
        {`${values.place}/${values.count}`}
      </span>
      <IconButton
        size="small"
        label={say("versionAfter")}
        icon={<ChevronRight className="size-4" />}
        disabled={place === siblings.length - 1}
        focusableWhenDisabled
        onClick={() => go(1)}
      />
    </span>
  );
}
