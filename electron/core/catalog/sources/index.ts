import type { DialectId } from "#shared/schema/provider.ts";
import { anthropicList } from "./anthropic.ts";
import { bedrockList } from "./bedrock.ts";
import { chutesList } from "./chutes.ts";
import { cohereList } from "./cohere.ts";
import { deepInfraList } from "./deepinfra.ts";
import { featherlessList } from "./featherless.ts";
import { geminiList } from "./gemini.ts";
import type { Lister } from "./lister.ts";
import { lmStudioList } from "./lm-studio.ts";
import { ollamaList } from "./ollama.ts";
import { openAiList } from "./openai-list.ts";
import { openRouterList } from "./openrouter.ts";
import { portkeyList } from "./portkey.ts";

/** Providers whose lists say more than their dialect's. */
const byProvider: ReadonlyMap<string, Lister> = new Map([
  ["openrouter", openRouterList],
  ["portkey", portkeyList],
  ["featherless", featherlessList],
  ["deepinfra", deepInfraList],
  ["chutes", chutesList],
  ["ollama", ollamaList],
  ["lm-studio", lmStudioList],
]);

const byDialect: Readonly<Record<DialectId, Lister>> = {
  "openai-chat": openAiList,
  "openai-responses": openAiList,
  "anthropic-messages": anthropicList,
  "gemini-generate": geminiList,
  "bedrock-converse": bedrockList,
  "cohere-chat": cohereList,
};

/** How a provider's models are listed. */
export function listerOf(row: { readonly id: string; readonly dialect: DialectId }): Lister {
  return byProvider.get(row.id) ?? byDialect[row.dialect];
}
