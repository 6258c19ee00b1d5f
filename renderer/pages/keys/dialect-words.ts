import type { DialectId } from "#shared/schema/provider.ts";
import type { TextKey, Texts } from "../../text/texts.ts";

/** What people call a wire format. */
export const dialectWords: Readonly<Record<DialectId, TextKey<Texts["keys"]>>> = {
  "openai-chat": "dialectOpenAiChat",
  "openai-responses": "dialectOpenAiResponses",
  "anthropic-messages": "dialectAnthropic",
  "gemini-generate": "dialectGemini",
  "bedrock-converse": "dialectBedrock",
  "cohere-chat": "dialectCohere",
};
