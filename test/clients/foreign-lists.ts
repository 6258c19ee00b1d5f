import { json } from "../fakes/replies.ts";
import type { ScriptedProvider } from "../fakes/scripted-provider.ts";

/** What every client must find in the list of models, whatever the provider's own list looks like. */
export const listedModels: readonly string[] = [
  "@anthropic/claude-sonnet-4-5-20250929",
  "@google-ai/gemini-3-pro-preview",
  "@moonshot/kimi-k2.5",
];

/** Lets three providers list a model each, in their own form. */
export function routeModelLists(provider: ScriptedProvider): void {
  // https://platform.moonshot.ai/docs/api/list-models
  provider.route(
    "GET",
    "/moonshot/v1/models",
    json(200, { object: "list", data: [{ id: "kimi-k2.5", object: "model", created: 1_769_000_000, owned_by: "moonshot" }] }),
  );
  // https://platform.claude.com/docs/en/api/models-list
  provider.route(
    "GET",
    "/anthropic/v1/models",
    json(200, {
      data: [{ type: "model", id: "claude-sonnet-4-5-20250929", display_name: "Claude Sonnet 4.5", created_at: "2025-09-29T00:00:00Z" }],
      has_more: false,
      first_id: "claude-sonnet-4-5-20250929",
      last_id: "claude-sonnet-4-5-20250929",
    }),
  );
  // https://ai.google.dev/api/models#method:-models.list
  provider.route(
    "GET",
    "/google/v1beta/models",
    json(200, {
      models: [
        {
          name: "models/gemini-3-pro-preview",
          displayName: "Gemini 3 Pro Preview",
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          supportedGenerationMethods: ["generateContent", "countTokens"],
        },
      ],
    }),
  );
}
