import { Code, EyeOff, KeyRound, MessageSquareText, Scale, Sparkles } from "lucide-react";
import type { ReactNode } from "react";
import { useAdmin } from "../../../data/queries.ts";
import { buttonClasses } from "../../../parts/button.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";

/** A chat in which nothing was said yet: what one could say, and, where there is no key, how to get one. */
export function NewChat({
  isTemporary,
  onSuggest,
}: {
  readonly isTemporary: boolean;
  readonly onSuggest: (text: string) => void;
}): ReactNode {
  const say = useText("chat");
  const { data } = useAdmin("listKeys", {});
  const suggestions = [
    { icon: Code, title: say("suggestCode"), text: say("suggestCodeText") },
    { icon: MessageSquareText, title: say("suggestText"), text: say("suggestTextText") },
    { icon: Scale, title: say("suggestDecide"), text: say("suggestDecideText") },
    { icon: Sparkles, title: say("suggestExplain"), text: say("suggestExplainText") },
  ];
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-6">
      <div className="mx-auto my-auto flex w-full max-w-[560px] flex-col py-8">
        <h2 className="flex items-center justify-center gap-2 text-title font-semibold tracking-tight">
          {isTemporary ? <EyeOff aria-hidden="true" className="size-5 text-ink-muted" strokeWidth={1.75} /> : null}
          {say(isTemporary ? "temporaryTitle" : "emptyTitle")}
        </h2>
        <p className="mt-1 text-center text-balance text-ink-muted">{say(isTemporary ? "temporaryHelp" : "emptyHelp")}</p>
        {data !== undefined && data.keys.length === 0 ? (
          <div className="mt-6 flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface p-4 shadow-card">
            <KeyRound aria-hidden="true" className="size-5 shrink-0 text-accent-ink" strokeWidth={1.75} />
            <p className="min-w-0 flex-1 basis-56">{say("noKeys")}</p>
            <a href={hashOf("keys")} className={buttonClasses("primary", "small")}>
              {say("addKey")}
            </a>
          </div>
        ) : null}
        <ul className="mt-6 grid grid-cols-2 gap-2">
          {suggestions.map(({ icon: Icon, title, text }) => (
            <li key={title}>
              <button
                type="button"
                onClick={() => onSuggest(text)}
                className="flex h-full w-full items-start gap-3 rounded-card border border-line bg-surface p-3 text-left shadow-card transition-colors hover:bg-hover"
              >
                <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-muted" strokeWidth={1.75} />
                <span className="min-w-0">
                  <span className="block font-medium">{title}</span>
                  <span className="mt-0.5 line-clamp-2 text-small text-ink-muted">{text}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
