import { CircleAlert, KeyRound, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import type { MessageDetails } from "#shared/schema/chat.ts";
import { Button, buttonClasses } from "../../../parts/button.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";

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
        <p className="min-w-0 flex-1 break-words">{error.message}</p>
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
