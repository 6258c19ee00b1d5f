import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { KeyTest } from "#shared/contract/keys.ts";
import { Button } from "../../parts/button.tsx";
import { useText } from "../../text/texts.ts";

interface WriteProblemProps {
  /** What the admin API refused; null where it did not. */
  readonly words: string | null;
  /** The test that spoke against the key; null where none did. */
  readonly test: KeyTest | null;
  readonly isBusy: boolean;
  /** Stores it all the same. */
  readonly onForce: () => void;
  /** What has not happened. */
  readonly sentence: "notStored" | "notRotated";
}

/** Why a key was not stored, where it stands: what the provider said, and the way to store it all the same. */
export function WriteProblem({ words, test, isBusy, onForce, sentence }: WriteProblemProps): ReactNode {
  const say = useText("keys");
  if (words === null && test === null) return null;
  return (
    <div role="alert" className="flex items-start gap-2.5 rounded-card border border-line bg-bad-soft p-3">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="break-words">{words ?? say(sentence, { words: test?.words ?? "" })}</p>
        {test === null ? null : (
          <Button size="small" className="mt-2" disabled={isBusy} onClick={onForce}>
            {say(sentence === "notStored" ? "saveUntested" : "rotateUntested")}
          </Button>
        )}
      </div>
    </div>
  );
}
