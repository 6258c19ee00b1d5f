import type { ErrorComponentProps } from "@tanstack/react-router";
import { Bug } from "lucide-react";
import type { ReactNode } from "react";
import { wordsOf } from "../data/admin.ts";
import { Button } from "../parts/button.tsx";
import { EmptyState } from "../parts/states.tsx";
import { useText } from "../text/texts.ts";

/**
 * A page threw while it was drawn: the rest of the window lives on. Another try is a new page: a script that could not be loaded
 * once is never asked for again by the same one.
 */
export function PageCrash({ error }: ErrorComponentProps): ReactNode {
  const say = useText("shell");
  return (
    <EmptyState
      icon={<Bug className="size-6" />}
      title={say("crashedTitle")}
      actions={
        <Button kind="primary" onClick={() => location.reload()}>
          {say("retry")}
        </Button>
      }
    >
      <p>{say("crashedHelp")}</p>
      <p className="mt-2 font-mono text-small break-words">{wordsOf(error)}</p>
    </EmptyState>
  );
}
