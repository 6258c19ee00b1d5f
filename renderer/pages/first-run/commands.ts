import { Rocket } from "lucide-react";
import type { CommandSource } from "../../shell/palette/command.ts";
import { textOf } from "../../text/texts.ts";

/** The way back to the first steps: they stand in no sidebar. */
export const commands: CommandSource = {
  texts: ["firstRun"],
  find: () => {
    const say = textOf("firstRun");
    return [
      {
        id: "page.first-run",
        group: "actions",
        words: say("command"),
        keywords: say("commandKeywords"),
        icon: Rocket,
        run: (go) => go("first-run"),
      },
    ];
  },
};
