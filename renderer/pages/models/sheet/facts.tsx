import { type ReactNode, useState } from "react";
import type { ModelSummary } from "#shared/schema/model.ts";
import { Button } from "../../../parts/button.tsx";
import { formatContext, formatDay, unknownText } from "../../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../../text/texts.ts";
import { useModalityWords } from "../catalog/modality-words.ts";
import { perMillion } from "../../../data/per-million.ts";
import { Price } from "../grid/price.tsx";

/** Longer ones are folded. */
const longDescription = 280;

/** What holds of a model wherever it is had, and what it costs where it costs least. */
export function Facts({
  summary,
  license,
  site,
}: {
  readonly summary: ModelSummary;
  /** As Hugging Face has it, for where no list says. */
  readonly license: string | null;
  readonly site: string | null;
}): ReactNode {
  const say = useText("models");
  const wordsOf = useModalityWords();
  const { architecture, pricing } = summary;
  const kinds = (words: readonly string[]): string => (words.length === 0 ? unknownText : words.map(wordsOf).join(", "));
  const prices: readonly (readonly [TextKey<Texts["models"]>, number | null])[] = [
    ["factInput", perMillion(pricing.prompt)],
    ["factOutput", perMillion(pricing.completion)],
    ["factCacheRead", perMillion(pricing.input_cache_read)],
    ["factCacheWrite", perMillion(pricing.input_cache_write)],
    ["factReasoning", perMillion(pricing.internal_reasoning)],
    ["factAudio", perMillion(pricing.audio)],
  ];
  const known = prices.filter(
    ([words, usd]) => usd !== null || words === "factInput" || words === "factOutput" || words === "factCacheRead",
  );
  return (
    <>
      {summary.description === null ? null : <Description text={summary.description} />}
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3 rounded-card border border-line bg-surface p-4 shadow-card">
        {known.map(([words, usd]) => (
          <Fact key={words} name={say(words)}>
            <Price usd={usd} />
            {usd === null || usd === 0 ? null : <span className="text-small text-ink-muted"> {say("perMillion")}</span>}
          </Fact>
        ))}
      </dl>
      <dl className="grid grid-cols-3 gap-x-4 gap-y-3">
        <Fact name={say("factContext")}>{formatContext(summary.context_length)}</Fact>
        <Fact name={say("factMaxOutput")}>{formatContext(summary.max_output_tokens)}</Fact>
        <Fact name={say("factCreated")}>{summary.created === null ? unknownText : formatDay(summary.created * 1_000)}</Fact>
        <Fact name={say("factTakes")}>{kinds(architecture.input_modalities)}</Fact>
        <Fact name={say("factGives")}>{kinds(architecture.output_modalities)}</Fact>
        <Fact name={say("factCutoff")}>{summary.knowledge_cutoff ?? unknownText}</Fact>
        <Fact name={say("factLicense")}>{summary.license ?? license ?? unknownText}</Fact>
        <Fact name={say("factTokenizer")}>{architecture.tokenizer ?? unknownText}</Fact>
        {summary.deprecated_at === null ? null : (
          <Fact name={say("factEnds")}>{summary.deprecated_at === "deprecated" ? say("retired") : summary.deprecated_at}</Fact>
        )}
        {site === null ? null : (
          <Fact name={say("factMaker")}>
            <a href={site} target="_blank" rel="noreferrer noopener" className="text-accent-ink underline-offset-2 hover:underline">
              {new URL(site).hostname}
            </a>
          </Fact>
        )}
      </dl>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="min-w-0">
      <dt className="text-small text-ink-muted">{name}</dt>
      <dd className="mt-0.5 break-words">{children}</dd>
    </div>
  );
}

function Description({ text }: { readonly text: string }): ReactNode {
  const say = useText("models");
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > longDescription;
  return (
    <div>
      <p className="leading-5 break-words whitespace-pre-line text-ink-soft">
        {isOpen || !isLong ? text : `${text.slice(0, text.lastIndexOf(" ", longDescription)).trimEnd()} …`}
      </p>
      {isLong ? (
        <Button kind="quiet" size="small" className="mt-1 -ml-2.5" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {say(isOpen ? "less" : "more")}
        </Button>
      ) : null}
    </div>
  );
}
