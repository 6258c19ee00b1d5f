import { Code, Copy, Ellipsis, GitFork, MessageSquare } from "lucide-react";
import type { ReactNode } from "react";
import type { OfferMeasure } from "#shared/schema/model-list.ts";
import type { ModelEndpoint } from "#shared/schema/model.ts";
import { useAdmin } from "../../../data/queries.ts";
import { Ago } from "../../../parts/ago.tsx";
import { Badge } from "../../../parts/badge.tsx";
import { IconButton } from "../../../parts/button.tsx";
import { copyText } from "../../../parts/copy.tsx";
import { Menu } from "../../../parts/menu.tsx";
import { ProviderMark } from "../../../parts/provider-mark.tsx";
import { tellNews } from "../../../parts/toasts.tsx";
import { formatContext, formatCount, formatDuration, formatPerMillion, formatShare } from "../../../text/format.ts";
import { textOf, useText } from "../../../text/texts.ts";
import { callNameOf, type Model, type Offer } from "../catalog/model-catalog.ts";
import { perMillion } from "../../../data/per-million.ts";
import { speedWords } from "../catalog/speed-words.ts";
import { Price } from "../grid/price.tsx";
import type { SheetDeeds } from "./model-sheet.tsx";

interface OffersProps {
  readonly model: Model;
  readonly endpoints: readonly ModelEndpoint[];
  /** How this machine's own calls went. */
  readonly measured: readonly OfferMeasure[];
  readonly deeds: SheetDeeds;
}

/** Everywhere that a model can be had: those that can be called first, then by what they cost. */
export function Offers({ model, endpoints, measured, deeds }: OffersProps): ReactNode {
  const say = useText("models");
  const { data } = useAdmin("listGateways", {});
  const ordered = endpoints.toSorted((one, other) => Number(other.callable) - Number(one.callable) || costOf(one) - costOf(other));
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={say("offers")}
      className="overflow-x-auto rounded-card border border-line bg-surface shadow-card"
    >
      <table className="w-full border-collapse text-left">
        <thead className="text-small text-ink-muted">
          <tr className="border-b border-line">
            <th scope="col" className="py-2 pr-2 pl-3 font-normal">
              {say("offerProvider")}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-normal">
              {say("columnInput")}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-normal">
              {say("columnOutput")}
            </th>
            <th scope="col" className="px-2 py-2 text-right font-normal">
              {say("columnContext")}
            </th>
            <th scope="col" className="py-2 pr-2">
              <span className="sr-only">{say("deeds")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((endpoint) => (
            <OfferRow
              key={`${endpoint.gateway} ${endpoint.id}`}
              model={model}
              endpoint={endpoint}
              measure={measured.find(({ gateway, id }) => gateway === endpoint.gateway && id === endpoint.id)}
              fetchedAtMs={fetchedAtMs(endpoint, data?.gateways)}
              sources={endpoint.sources.map((source) => data?.gateways.find(({ id }) => id === source)?.name ?? source)}
              deeds={deeds}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OfferRow({
  model,
  endpoint,
  measure,
  fetchedAtMs: atMs,
  sources,
  deeds,
}: {
  readonly model: Model;
  readonly endpoint: ModelEndpoint;
  readonly measure: OfferMeasure | undefined;
  /** When what is said of it was fetched; null for what ships with Postern or is not known yet. */
  readonly fetchedAtMs: number | null;
  /** Names of who says so. */
  readonly sources: readonly string[];
  readonly deeds: SheetDeeds;
}): ReactNode {
  const say = useText("models");
  const provider = model.offers.find((offer) => offer.provider.id === endpoint.gateway)?.provider;
  const name = provider?.name ?? endpoint.gateway;
  const offer: Offer = { provider: provider ?? { id: endpoint.gateway, name, callable: endpoint.callable, models: 0 }, id: endpoint.id };
  const notes = [
    endpoint.max_output_tokens === null ? "" : say("writesAtMost", { amount: formatContext(endpoint.max_output_tokens) }),
    endpoint.pricing.input_cache_read === null
      ? ""
      : say("cacheReadAt", { price: priceWords(endpoint.pricing.input_cache_read, say("free")) }),
  ].filter((note) => note !== "");
  return (
    <tr className="border-b border-line/60 align-top last:border-0">
      <td className="py-2 pr-2 pl-3">
        <div className="flex min-w-0 items-start gap-2">
          <ProviderMark id={endpoint.gateway} name={name} />
          <div className="min-w-0">
            <div className="flex flex-wrap items-center gap-1.5">
              <span className="font-medium">{name}</span>
              {endpoint.callable ? <Badge tone="ok">{say("callableShort")}</Badge> : null}
              {endpoint.quantization === null || endpoint.quantization === "unknown" ? null : <Badge>{endpoint.quantization}</Badge>}
              {endpoint.deprecated_at === null ? null : <Badge tone="warn">{say("retired")}</Badge>}
            </div>
            <code className="block font-mono text-caption break-all text-ink-muted">{endpoint.id}</code>
            {notes.length === 0 ? null : <p className="text-small text-ink-muted">{notes.join(" · ")}</p>}
            {measure === undefined ? null : (
              <p className="text-small text-ink-soft">
                {say("measured", {
                  count: measure.calls,
                  calls: formatCount(measure.calls),
                  firstByte: formatDuration(measure.median_first_byte_ms),
                  share: formatShare(measure.availability),
                })}
                {measure.tokens_per_second === null ? null : ` · ${speedWords(measure.tokens_per_second, say)}`}
              </p>
            )}
            <p className="text-small text-ink-muted">
              {say("saidBy", { sources: sources.join(", ") })}
              {atMs === null ? null : (
                <>
                  {" · "}
                  <Ago atMs={atMs} />
                </>
              )}
            </p>
          </div>
        </div>
      </td>
      <td className="px-2 py-2 text-right whitespace-nowrap">
        <Price usd={perMillion(endpoint.pricing.prompt)} />
      </td>
      <td className="px-2 py-2 text-right whitespace-nowrap">
        <Price usd={perMillion(endpoint.pricing.completion)} />
      </td>
      <td className="px-2 py-2 text-right">{formatContext(endpoint.context_length)}</td>
      <td className="py-1 pr-2 text-right">
        <Menu
          trigger={
            <IconButton size="small" label={say("offerDeeds", { name })} icon={<Ellipsis aria-hidden="true" className="size-4" />} />
          }
          items={[
            { words: say("chat"), icon: <MessageSquare className="size-4" />, onSelect: () => deeds.chat(offer) },
            { words: say("makeAlias"), icon: <GitFork className="size-4" />, onSelect: () => deeds.makeAlias(offer) },
            { words: say("snippet"), icon: <Code className="size-4" />, onSelect: () => deeds.showSnippet(model, offer) },
            null,
            { words: say("copyCallName"), icon: <Copy className="size-4" />, onSelect: () => void copyAndTell(callNameOf(offer)) },
          ]}
        />
      </td>
    </tr>
  );
}

/** Copies a name, and says so in the corner. */
export async function copyAndTell(text: string): Promise<void> {
  const say = textOf("shell");
  const went = await copyText(text);
  tellNews(went ? `${say("copied")}: ${text}` : say("copyFailed"), { isBad: !went });
}

function priceWords(price: string, free: string): string {
  const usd = perMillion(price);
  return usd === 0 ? free : formatPerMillion(usd);
}

function costOf({ pricing }: ModelEndpoint): number {
  const input = perMillion(pricing.prompt);
  return input === null ? Number.POSITIVE_INFINITY : input * 2 + (perMillion(pricing.completion) ?? 0);
}

interface Fetched {
  readonly id: string;
  readonly freshness: { readonly fetched_at: string | null };
}

/** When the best informed source of an offer was fetched. */
function fetchedAtMs({ sources }: ModelEndpoint, gateways: readonly Fetched[] | undefined): number | null {
  const fetched = gateways?.find(({ id }) => id === sources[0])?.freshness.fetched_at ?? null;
  return fetched === null ? null : Date.parse(fetched);
}
