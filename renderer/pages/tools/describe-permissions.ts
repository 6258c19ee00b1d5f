import type { GrantedEndpoint, Permissions } from "#shared/schema/grant.ts";
import { formatCount, formatDay, formatMoney } from "../../text/format.ts";
import type { Say, TextKey, Texts } from "../../text/texts.ts";

const mostNames = 4;

/** The names of what a key may be used for; several that belong together have one. */
export const endpointNames: readonly { readonly ids: readonly GrantedEndpoint[]; readonly text: TextKey<Texts["tools"]> }[] = [
  { ids: ["chat"], text: "endpointChat" },
  { ids: ["responses"], text: "endpointResponses" },
  { ids: ["messages"], text: "endpointMessages" },
  { ids: ["generate"], text: "endpointGenerate" },
  { ids: ["count-tokens"], text: "endpointCountTokens" },
  { ids: ["completions"], text: "endpointCompletions" },
  { ids: ["embeddings"], text: "endpointEmbeddings" },
  { ids: ["images-generations", "images-edits", "images-variations"], text: "endpointImages" },
  { ids: ["audio-speech", "audio-transcriptions", "audio-translations"], text: "endpointAudio" },
  { ids: ["moderations"], text: "endpointModerations" },
  { ids: ["rerank"], text: "endpointRerank" },
  { ids: ["models"], text: "endpointModels" },
  { ids: ["catalog"], text: "endpointCatalog" },
  { ids: ["passthrough"], text: "endpointPassthrough" },
  { ids: ["metrics"], text: "endpointMetrics" },
];

const periods = { day: "perDay", week: "perWeek", month: "perMonth" } as const;
const microPerDollar = 1_000_000;

/** The budgets of a key, in plain words. */
export function describeBudgets({ budgets }: Permissions, say: Say<"tools">): string[] {
  return budgets.map(({ unit, amount, per }) => {
    const words = unit === "usd" ? formatMoney(amount * microPerDollar) : say("amountTokens", { amount: formatCount(amount) });
    return say("upTo", { amount: words, period: say(periods[per]) });
  });
}

/** What a key may do, in plain words: {@link describeBudgets} tells the rest. */
export function describePermissions(permissions: Permissions, say: Say<"tools">): string[] {
  const { models, providers, endpoints, hosts, origins, requestsPerMinute, tokensPerMinute, expiresAtMs } = permissions;
  const list = (names: readonly string[]): string => {
    const shown =
      names.length <= mostNames ? names : [...names.slice(0, mostNames - 1), say("andMore", { more: names.length - mostNames + 1 })];
    return shown.join(", ");
  };
  const words = [models === null ? say("anyModel") : models.length === 0 ? say("noModels") : say("onlyModels", { names: list(models) })];
  if (providers !== null && providers.length > 0) words.push(say("onlyProviders", { names: list(providers) }));
  if (endpoints !== null) {
    const names = endpointNames.filter(({ ids }) => ids.some((id) => endpoints.includes(id))).map(({ text }) => say(text));
    words.push(say("endpointsOnly", { names: list(names) }));
  }
  if (requestsPerMinute !== null) words.push(say("requestsRate", { rate: formatCount(requestsPerMinute) }));
  if (tokensPerMinute !== null) words.push(say("tokensRate", { rate: formatCount(tokensPerMinute) }));
  if (origins.length > 0) words.push(say("originsOf", { names: list(origins) }));
  if (hosts.length > 0) words.push(say("hostsOf", { names: list(hosts) }));
  if (expiresAtMs !== null) words.push(say("until", { day: formatDay(expiresAtMs) }));
  return words;
}
