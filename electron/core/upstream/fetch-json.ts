import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { fetchFreshJson, type JsonRequest } from "./fetch-fresh-json.ts";

/**
 * Gets a small JSON document from a provider: a model list, never an answer to a prompt. No redirect is followed.
 *
 * @throws {PosternError} `upstream_*` with the provider's name; the status is in the message
 */
export async function fetchJson(dispatcher: Pick<Dispatcher, "request">, request: JsonRequest): Promise<unknown> {
  const answer = await fetchFreshJson(dispatcher, request);
  if (answer.kind === "new") return answer.value;
  const status = answer.kind === "refused" ? answer.status : 304;
  throw new PosternError("upstream_invalid", `Cannot read the model list of ${request.who}: it answered ${status}`);
}
