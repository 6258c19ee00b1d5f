import type { ReactNode } from "react";
import type { HostedEndpoint } from "#shared/schema/model.ts";
import { formatContext, formatDuration, formatShare } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { perMillion } from "../../../data/per-million.ts";
import { speedWords } from "../catalog/speed-words.ts";
import { Price } from "../grid/price.tsx";

/** Who serves a model behind a gateway, and how well in the last half hour. */
export function Hosts({ hosts }: { readonly hosts: readonly HostedEndpoint[] }): ReactNode {
  const say = useText("models");
  const names = ["host", "columnInput", "columnOutput", "columnContext", "uptime", "latency", "speed"] as const;
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={say("hosts")}
      className="overflow-x-auto rounded-card border border-line bg-surface shadow-card"
    >
      <table className="w-full border-collapse text-left">
        <thead className="text-small text-ink-muted">
          <tr className="border-b border-line">
            {names.map((name, at) => (
              <th key={name} scope="col" className={at === 0 ? "py-2 pr-2 pl-3 font-normal" : "px-2 py-2 text-right font-normal last:pr-3"}>
                {say(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hosts.map((host) => (
            <tr key={`${host.name} ${host.quantization ?? ""}`} className="border-b border-line/60 last:border-0">
              <td className="py-2 pr-2 pl-3">
                <span className="font-medium">{host.provider_name ?? host.name}</span>
                {host.quantization === null || host.quantization === "unknown" ? null : (
                  <span className="ml-1.5 text-small text-ink-muted">{host.quantization}</span>
                )}
              </td>
              <td className="px-2 py-2 text-right whitespace-nowrap">
                <Price usd={perMillion(host.pricing.prompt)} />
              </td>
              <td className="px-2 py-2 text-right whitespace-nowrap">
                <Price usd={perMillion(host.pricing.completion)} />
              </td>
              <td className="px-2 py-2 text-right">{formatContext(host.context_length)}</td>
              <td className="px-2 py-2 text-right">{formatShare(host.uptime_last_30m === null ? null : host.uptime_last_30m / 100)}</td>
              <td className="px-2 py-2 text-right">{formatDuration(host.latency_ms)}</td>
              <td className="px-2 py-2 pr-3 text-right whitespace-nowrap">{speedWords(host.throughput_tokens_per_second, say)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
