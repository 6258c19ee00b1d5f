import { json } from "./replies.ts";
import type { ScriptedProvider } from "./scripted-provider.ts";
import { openAiChatBody, openAiModels } from "./openai-replies.ts";

/**
 * Lets a scripted OpenAI in only who brings one of these keys, its model list too. Who brings another is told 401 in
 * words that quote what was brought, as OpenAI's do.
 *
 * @returns the keys, to be changed while it runs
 */
export function guardByKey(
  provider: ScriptedProvider,
  keys: readonly string[],
  models: readonly string[] = ["gpt-4o", "gpt-4o-mini"],
): Set<string> {
  const good = new Set(keys);
  const list = openAiModels(models);
  const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };
  const broughtBy = (headers: Readonly<Record<string, string | undefined>>): string =>
    headers["authorization"]?.replace("Bearer ", "") ?? "";
  const refusal = (key: string) =>
    json(401, {
      error: { message: `Incorrect API key provided: ${key}`, type: "invalid_request_error", param: null, code: "invalid_api_key" },
    });
  provider.route("GET", "/v1/models", (exchange) => {
    const key = broughtBy(exchange.request.headers);
    return good.has(key) ? list(exchange) : refusal(key)(exchange);
  });
  provider.always((exchange) => {
    const key = broughtBy(exchange.request.headers);
    return good.has(key) ? json(200, openAiChatBody({ usage }))(exchange) : refusal(key)(exchange);
  });
  return good;
}
