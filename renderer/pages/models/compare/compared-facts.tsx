import type { ModelComparison, ModelSummary } from "#shared/schema/model.ts";
import { formatContext, formatCount, formatDay, formatPerMillion, unknownText } from "../../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../../text/texts.ts";
import { perMillion } from "../../../data/per-million.ts";
import { useModalityWords } from "../catalog/modality-words.ts";

type Words = TextKey<Texts["models"]>;
type Ability = "tools" | "vision" | "reasoning" | "json_schema" | "caching" | "open_weights";

/** One line of the comparison. */
export interface ComparedFact {
  readonly id: string;
  readonly words: Words;
  readonly kind: "text" | "price" | "ability";
  /** Which answer of the core says who is best in it. */
  readonly best?: keyof ModelComparison["best"];
}

/** What is compared, in its order. */
export const comparedFacts: readonly ComparedFact[] = [
  { id: "maker", words: "factMaker", kind: "text" },
  { id: "prompt", words: "factInput", kind: "price", best: "price" },
  { id: "completion", words: "factOutput", kind: "price", best: "output_price" },
  { id: "input_cache_read", words: "factCacheRead", kind: "price" },
  { id: "input_cache_write", words: "factCacheWrite", kind: "price" },
  { id: "context", words: "factContext", kind: "text", best: "context" },
  { id: "max_output", words: "factMaxOutput", kind: "text" },
  { id: "takes", words: "factTakes", kind: "text" },
  { id: "gives", words: "factGives", kind: "text" },
  { id: "tools", words: "abilityTools", kind: "ability" },
  { id: "vision", words: "abilityVision", kind: "ability" },
  { id: "reasoning", words: "abilityReasoning", kind: "ability" },
  { id: "json_schema", words: "abilityJson", kind: "ability" },
  { id: "caching", words: "abilityCaching", kind: "ability" },
  { id: "open_weights", words: "abilityOpen", kind: "ability" },
  { id: "license", words: "factLicense", kind: "text" },
  { id: "created", words: "factCreated", kind: "text" },
  { id: "cutoff", words: "factCutoff", kind: "text" },
  { id: "offers", words: "factOffers", kind: "text" },
];

/** Writes facts of models as words. */
export function useFactWriter(): {
  /** @param maker its name, where that is known */
  text(fact: ComparedFact, model: ModelSummary, maker: string | null): string;
  ability(fact: ComparedFact, model: ModelSummary): boolean | null;
} {
  const say = useText("models");
  const wordsOf = useModalityWords();
  const ability = (fact: ComparedFact, model: ModelSummary): boolean | null => {
    const id = fact.id as Ability;
    if (id === "vision") return model.architecture.input_modalities.includes("image");
    return id === "open_weights" ? model.open_weights : model.capabilities[id];
  };
  const kinds = (words: readonly string[]): string => (words.length === 0 ? unknownText : words.map(wordsOf).join(", "));
  return {
    ability,
    text(fact, model, maker) {
      if (fact.kind === "ability") {
        const value = ability(fact, model);
        return value === null ? say("unknown") : say(value ? "yes" : "no");
      }
      if (fact.kind === "price") {
        const usd = perMillion(model.pricing[fact.id as keyof ModelSummary["pricing"]]);
        return usd === 0 ? say("free") : formatPerMillion(usd);
      }
      switch (fact.id) {
        case "maker":
          return maker ?? model.provider_slug;
        case "context":
          return formatContext(model.context_length);
        case "max_output":
          return formatContext(model.max_output_tokens);
        case "takes":
          return kinds(model.architecture.input_modalities);
        case "gives":
          return kinds(model.architecture.output_modalities);
        case "license":
          return model.license ?? unknownText;
        case "created":
          return model.created === null ? unknownText : formatDay(model.created * 1_000);
        case "cutoff":
          return model.knowledge_cutoff ?? unknownText;
        default:
          return formatCount(model.endpoints.length);
      }
    },
  };
}
