import type { ContractCall } from "#shared/contract/endpoint.ts";
import type { explainContract } from "#shared/contract/explain.ts";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { aliasNameSchema } from "#shared/schema/routing.ts";
import type { ConfigKind } from "../search.ts";

/** The ways in which a call can come. */
export const dryEndpoints = ["chat", "responses", "messages", "generate", "completions", "embeddings", "rerank"] as const;

/** One of {@link dryEndpoints}. */
export type DryEndpoint = (typeof dryEndpoints)[number];

/** A request that is only thought of. */
export interface DryRequest {
  readonly endpoint: DryEndpoint;
  /** What a call that brings a saved config asks for; an alias is its own model. */
  readonly model: string;
  readonly inputTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly vision: boolean;
  readonly tools: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, unknown>> | undefined;
  readonly params: Readonly<Record<string, unknown>> | undefined;
}

/** A short chat with a question of a page and an answer of half a page. */
export const usualRequest: DryRequest = {
  endpoint: "chat",
  model: "",
  inputTokens: 1_000,
  maxOutputTokens: 500,
  vision: false,
  tools: false,
  metadata: undefined,
  headers: undefined,
  params: undefined,
};

/** The request as the planner is asked, with the draft in the place of what is stored. */
export function askOf(
  request: DryRequest,
  { kind, name, config }: { readonly kind: ConfigKind; readonly name: string; readonly config: StoredConfig },
): ContractCall<(typeof explainContract)["explainRoute"]> {
  const { endpoint, vision, tools, metadata = {}, headers = {}, params = {} } = request;
  const draft = { kind, name: aliasNameSchema.safeParse(name).success ? name : "draft", config };
  const model = request.model.trim();
  return {
    body: {
      endpoint,
      draft,
      ...(kind === "alias" ? { model: draft.name } : { config: draft.name, ...(model === "" ? {} : { model }) }),
      needs: { vision, tools, inputTokens: wholeOf(request.inputTokens), maxOutputTokens: wholeOf(request.maxOutputTokens) },
      metadata: { ...metadata },
      headers: Object.fromEntries(Object.entries(headers).map(([header, value]) => [header.toLowerCase(), String(value)])),
      params: { ...params },
    },
  };
}

function wholeOf(count: number | undefined): number | null {
  return count === undefined || !Number.isFinite(count) || count < 0 ? null : Math.round(count);
}
