import { Terminal } from "lucide-react";
import type { ReactNode } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { admin } from "../../data/admin.ts";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { copyText } from "../../parts/copy.tsx";
import { Menu } from "../../parts/menu.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { gatewayAddress } from "../../shell/base-urls.ts";
import { useText } from "../../text/texts.ts";
import { bodyAgain, sampleBody } from "./body-again.ts";
import { callPath } from "./call-path.ts";
import { type Shell, writeCurl } from "./write-curl.ts";

/** Copies a call as a command for a terminal. */
export function CurlMenu({ call }: { readonly call: LoggedCall }): ReactNode {
  const say = useText("activity");
  const sayShell = useText("shell");
  const status = useAdmin("getStatus", {});
  const address = gatewayAddress(status.data?.addresses ?? []);
  async function copy(shell: Shell): Promise<void> {
    const path = callPath(call, call.modelAsked ?? "");
    if (path === null || address === null) return tellNews(say("curlImpossible"), { isBad: true });
    // A body that was cut would be refused: the sample stands in for it.
    const kept = call.hasBodies ? bodyAgain(await admin("getCallBodies", { parameters: { id: String(call.id) } })) : null;
    const isSample = kept === null || kept.problem === "cut";
    const body = isSample ? sampleBody(call, call.modelAsked ?? "") : JSON.stringify(JSON.parse(kept.text));
    const isCopied = await copyText(writeCurl({ address, path, body }, shell));
    tellNews(isCopied ? say(isSample ? "curlCopiedSample" : "curlCopied") : sayShell("copyFailed"), { isBad: !isCopied });
  }
  const copyFor = (shell: Shell) => (): void => void copy(shell).catch(() => tellNews(sayShell("copyFailed"), { isBad: true }));
  return (
    <Menu
      trigger={<Button icon={<Terminal aria-hidden="true" className="size-4" />}>{say("copyCurl")}</Button>}
      items={[
        { words: say("copyCurlPosix"), onSelect: copyFor("posix") },
        { words: say("copyCurlPowerShell"), onSelect: copyFor("powershell") },
      ]}
    />
  );
}
