import { ArrowRight, PlugZap } from "lucide-react";
import type { ReactNode } from "react";
import { useAdmin } from "../../data/queries.ts";
import { CopyButton } from "../../parts/copy.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { baseUrls, gatewayAddress } from "../../shell/base-urls.ts";
import { hashOf } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";

/** The second step: the addresses for whatever asks for one, and the way to the tools that are known. */
export function StepTool(): ReactNode {
  const say = useText("firstRun");
  const { data: status, error, refetch } = useAdmin("getStatus", {});
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (status === undefined) return <SkeletonRows rows={3} height={56} />;
  const address = gatewayAddress(status.addresses);
  const urls = address === null ? null : baseUrls(address);
  return (
    <div className="flex flex-col gap-6">
      <a
        href={hashOf("tools", "connect")}
        className="flex items-center gap-3 rounded-card border border-line bg-surface p-4 shadow-card transition-colors hover:bg-hover"
      >
        <span aria-hidden="true" className="grid size-9 shrink-0 place-items-center rounded-control bg-accent-soft text-accent-ink">
          <PlugZap className="size-5" />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{say("toolConnect")}</span>
          <span className="block text-small text-ink-muted">{say("toolConnectHelp")}</span>
        </span>
        <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
      </a>
      <section aria-label={say("toolAddresses")}>
        <h3 className="mb-2 font-semibold">{say("toolAddresses")}</h3>
        {urls === null ? (
          <p role="alert" className="rounded-card bg-warn-soft p-3">
            {say("toolNoAddress")}
          </p>
        ) : (
          <ul className="divide-y divide-line rounded-card border border-line bg-surface shadow-card">
            <AddressRow name={say("toolOpenAi")} help={say("toolOpenAiHelp")} url={urls.openai} />
            <AddressRow name={say("toolAnthropic")} help={say("toolAnthropicHelp")} url={urls.anthropic} />
            <AddressRow name={say("toolGemini")} help={say("toolGeminiHelp")} url={urls.gemini} />
          </ul>
        )}
      </section>
    </div>
  );
}

function AddressRow({ name, help, url }: { readonly name: string; readonly help: string; readonly url: string }): ReactNode {
  const say = useText("firstRun");
  return (
    <li className="flex min-h-14 items-center gap-3 py-2 pr-2 pl-4">
      <span className="w-56 min-w-0 shrink-0">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-small text-ink-muted">{help}</span>
      </span>
      <span className="min-w-0 flex-1 font-mono text-small break-all">{url}</span>
      <CopyButton text={url} name={say("toolCopy", { name })} />
    </li>
  );
}
