import { Signpost } from "lucide-react";
import type { ReactNode } from "react";
import { buttonClasses } from "../parts/button.tsx";
import { EmptyState } from "../parts/states.tsx";
import { useText } from "../text/texts.ts";

/** The address names no page. */
export function PageMissing(): ReactNode {
  const say = useText("shell");
  return (
    <EmptyState
      icon={<Signpost className="size-6" />}
      title={say("pageMissing")}
      actions={
        <a className={buttonClasses("primary")} href="#/">
          {say("goToChat")}
        </a>
      }
    >
      {say("pageMissingHelp")}
    </EmptyState>
  );
}
