import type { StoredConfig } from "#shared/schema/routing.ts";
import type { Say } from "../../text/texts.ts";
import { formatShare } from "../../text/format.ts";

const anyOf = new Intl.ListFormat(undefined, { type: "disjunction" });
const allOf = new Intl.ListFormat(undefined, { type: "conjunction" });
const inTurn = new Intl.ListFormat(undefined, { type: "unit", style: "short" });

/** What a config does with a call, in words: "openai/gpt-5, else groq/llama". */
export function describeConfig(node: StoredConfig, say: Say<"aliases">, depth = 0): string {
  const { targets, strategy } = node;
  if (targets === undefined || strategy === undefined) return nameTarget(node) ?? say("nowhere");
  const names = targets.map((target) => (depth > 1 ? say("group") : describeConfig(target, say, depth + 1)));
  const [first] = names;
  if (first === undefined) return say("nowhere");
  const words = names.length === 1 ? first : describeGroup(node, names, say);
  return depth > 0 && names.length > 1 ? `(${words})` : words;
}

function describeGroup({ strategy, targets = [] }: StoredConfig, names: readonly string[], say: Say<"aliases">): string {
  switch (strategy?.mode) {
    case "loadbalance":
      return inTurn.format(names.map((name, index) => `${formatShare(shareOf(targets, index))} ${name}`));
    case "conditional":
      return say("wordsConditional", { names: anyOf.format(names) });
    case "fastest":
      return say("wordsFastest", { names: allOf.format(names) });
    case "cheapest":
      return say("wordsCheapest", { names: allOf.format(names) });
    case "single":
      return say("wordsSingle", { name: names[0] ?? "" });
    default:
      return names.join(say("wordsElse"));
  }
}

/** How a target is called in a line: `openai/gpt-5`, an alias's name; null where nothing is said of it. */
export function nameTarget(node: StoredConfig): string | null {
  const overridden = node.override_params?.["model"];
  const model = node.model ?? (typeof overridden === "string" ? overridden : undefined);
  const provider = node.provider ?? (node.virtual_key === undefined ? undefined : `@${node.virtual_key}`);
  if (node.config !== undefined) return node.config;
  if (provider === undefined) return model ?? null;
  return model === undefined ? provider : `${provider}/${model}`;
}

/** A target's part of all calls, 0 to 1, by the weights beside it. */
export function shareOf(targets: readonly StoredConfig[], index: number): number {
  const total = targets.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  return total === 0 ? 0 : (targets[index]?.weight ?? 1) / total;
}
