import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, Message } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { listOf, spelling } from "./members.ts";
import { readConfig } from "./read-config.ts";
import { dropRest, readContents, readSystem } from "./read-contents.ts";
import { readToolChoice, readTools } from "./read-tools.ts";

/**
 * Reads a client's `generateContent` body, in camelCase or snake_case.
 *
 * @throws {PosternError} `invalid_value` with the field's path, or `cannot_translate` for what only Google's servers hold
 * @see https://ai.google.dev/api/generate-content#request-body
 */
export function readRequest(body: JsonObject, call: ReadCall): ChatRequest {
  return readBody(new Fields(body), call);
}

/** Reads a body that may stand inside another one. */
export function readBody(body: Fields, call: ReadCall): ChatRequest {
  const { drop } = call;
  refuseState(body, "cachedContent", "send its contents with the call");
  refuseState(body, "continuationToken", "send the answer so far as a model turn");
  body.ignore("model");
  const contents = listOf(body, "contents");
  if (contents.length === 0) body.refuse("contents", "must hold at least one content");
  const system = readSystem(body, drop);
  const messages: Message[] = system.length === 0 ? [] : [{ role: "system", authority: "system", content: system }];
  messages.push(...readContents(contents, drop));
  const config = body.fields(spelling(body, "generationConfig"));
  const request: ChatRequest = {
    model: call.model,
    stream: call.stream,
    messages,
    tools: readTools(body, drop),
    toolChoice: readToolChoice(body, drop),
    ...(config === undefined ? {} : readConfig(config, drop)),
    metadata: readLabels(body),
    serviceTier: readServiceTier(body),
  };
  dropRest(body, drop);
  return request;
}

function refuseState(body: Fields, name: string, instead: string): void {
  const key = spelling(body, name);
  if (!body.has(key)) return;
  throw new PosternError(
    "cannot_translate",
    `Cannot pass on "${body.at(key)}": it names what Google's servers keep, and this provider has none of it; ${instead}`,
    {
      param: body.at(key),
    },
  );
}

function readLabels(body: Fields): Readonly<Record<string, string>> | undefined {
  const labels = body.fields("labels");
  const given = body.object("labels");
  if (labels === undefined || given === undefined) return undefined;
  return Object.fromEntries(Object.keys(given).map((name) => [name, labels.needText(name)]));
}

function readServiceTier(body: Fields): string | undefined {
  const tier = body
    .text(spelling(body, "serviceTier"))
    ?.toLowerCase()
    .replace(/^service_tier_/, "");
  return tier === "unspecified" ? undefined : tier;
}
