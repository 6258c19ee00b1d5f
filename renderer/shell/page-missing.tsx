import type { ReactNode } from "react";
import { buttonClasses } from "../parts/button.tsx";
import { PageFrame } from "../parts/page-frame.tsx";
import { useText } from "../text/texts.ts";

/** The address names no page. */
export function PageMissing(): ReactNode {
  const say = useText("shell");
  return (
    <PageFrame title={say("pageMissing")} summary={say("pageMissingHelp")}>
      <a className={buttonClasses("primary")} href="#/">
        {say("goToChat")}
      </a>
    </PageFrame>
  );
}
