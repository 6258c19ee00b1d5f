import { KeyRound, PlugZap } from "lucide-react";
import { admin } from "../../data/admin.ts";
import { queries, queryKeyOf } from "../../data/queries.ts";
import type { CommandSource } from "../../shell/palette/command.ts";
import type { Go } from "../../shell/navigation.ts";
import { textOf } from "../../text/texts.ts";

/** A new key, and the way of each tool. */
export const commands: CommandSource = {
  texts: ["tools"],
  async find() {
    const say = textOf("tools");
    const { tools } = await queries.fetchQuery({ queryKey: queryKeyOf("listTools", {}), queryFn: () => admin("listTools", {}) });
    return [
      {
        id: "tools.new-key",
        group: "actions",
        words: say("commandNewKey"),
        keywords: say("commandNewKeyWords"),
        icon: KeyRound,
        run: (go) => go("tools", { search: { make: true } }),
      },
      ...tools.map(({ id, name, about }) => ({
        id: `tool.${id}`,
        group: "tools" as const,
        words: say("commandConnect", { name }),
        detail: about,
        keywords: id,
        icon: PlugZap,
        run: (go: Go) => go("tools", { item: `connect/${id}` }),
      })),
    ];
  },
};
