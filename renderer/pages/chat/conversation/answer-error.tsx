import { CircleAlert, KeyRound, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import type { MessageDetails } from "#shared/schema/chat.ts";
import { Button, buttonClasses } from "../../../parts/button.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";
import { Link } from "../markdown/link.tsx";

const keyCodes = ["provider_key_missing", "key_origin_mismatch", "keychain_locked", "keychain_unavailable", "invalid_api_key"];

/** Why an answer did not come, in the gateway's own words, and what would help. */
export function AnswerError({
  error,
  onRetry,
}: {
  readonly error: NonNullable<MessageDetails["error"]>;
  readonly onRetry: () => void;
}): ReactNode {
  const say = useText("chat");
  const needsKey = (error.code !== null && keyCodes.includes(error.code)) || error.status === 401;
  return (
    <div role="alert" className="my-2 rounded-card border border-line bg-bad-soft p-3">
      <div className="flex items-start gap-2.5">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
        <p className="min-w-0 flex-1 break-words">
          <Words text={error.message} />
        </p>
      </div>
      <div className="mt-2 flex flex-wrap gap-2 pl-6.5">
        {needsKey ? (
          <a href={hashOf("keys")} className={buttonClasses("plain", "small")}>
            <KeyRound aria-hidden="true" className="size-3.5" />
            {say("goToKeys")}
          </a>
        ) : null}
        <Button size="small" icon={<RotateCw className="size-3.5" />} onClick={onRetry}>
          {say("tryAgain")}
        </Button>
      </div>
    </div>
  );
}

/** What stands in backticks is something to type, and an address is a link, which asks before it leads anywhere: a provider may have written it. */
function Words({ text }: { readonly text: string }): ReactNode {
  return text.split(/(`[^`]+`|https?:\/\/[^\s)`]*[^\s)`.,;:])/).map((piece, index) => {
    const key = `${index} ${piece}`;
    if (index % 2 === 0) return piece;
    if (!piece.startsWith("`")) {
      return (
        <Link key={key} href={piece}>
          {piece}
        </Link>
      );
    }
    return (
      <code key={key} className="rounded-[4px] bg-hover px-1 py-px font-mono text-[0.9em] break-words">
        {piece.slice(1, -1)}
      </code>
    );
  });
}
