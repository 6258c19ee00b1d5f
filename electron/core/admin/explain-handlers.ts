import { explainRoute } from "#core/routing/explain-route.ts";
import { planTree } from "#core/routing/plan-tree.ts";
import type { RouteCall } from "#core/routing/route-types.ts";
import type { ExplainQuestion, explainContract } from "#shared/contract/explain.ts";
import { emptyCall } from "#core/routing/empty-call.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

const pathnames = {
  chat: "/v1/chat/completions",
  responses: "/v1/responses",
  messages: "/v1/messages",
  generate: "/v1beta/models",
  completions: "/v1/completions",
  embeddings: "/v1/embeddings",
  rerank: "/v1/rerank",
} as const;

/** Answers what stands in `shared/contract/explain.ts`: the gateway's own planner over the gateway's own world, and nothing sent. */
export function createExplainHandlers({ world }: Pick<AdminParts, "world">): HandlersOf<typeof explainContract> {
  return {
    listTargets: async () => world.health.report(),
    explainRoute: async ({ body }) => {
      const needs = body.needs ?? null;
      const call: RouteCall = {
        ...emptyCall,
        endpoint: body.endpoint,
        model: body.model ?? null,
        config: body.config ?? null,
        provider: body.provider ?? null,
        keyName: body.keyName ?? null,
        inputs: {
          metadata: body.metadata,
          pathname: pathnames[body.endpoint],
          param: (name) => (Object.hasOwn(body.params, name) ? body.params[name] : name === "model" ? body.model : undefined),
          header: (name) => (Object.hasOwn(body.headers, name) ? (body.headers[name] ?? null) : null),
        },
        needs,
      };
      return explainRoute(planTree(call, body.draft === undefined ? world : withDraft(world, body.draft)), needs);
    },
  };
}

/** The world as it would be if the draft were saved. */
function withDraft(world: AdminParts["world"], { kind, name, config }: NonNullable<ExplainQuestion["draft"]>): AdminParts["world"] {
  return kind === "alias"
    ? { ...world, findAlias: (asked) => (asked === name ? config : world.findAlias(asked)) }
    : { ...world, findConfig: (asked) => (asked === name ? config : world.findConfig(asked)) };
}
