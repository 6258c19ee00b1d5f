import type { PosternError } from "#shared/errors.ts";
import type { PermissionRequests } from "#core/access/permission-requests.ts";
import { toolName } from "#core/usage/tool-name.ts";
import type { Exchange } from "./exchange.ts";
import { peekModel } from "./peek-model.ts";

/** Refusals that a person could turn into leave. */
const askable: ReadonlySet<PosternError["code"]> = new Set(["invalid_api_key", "not_granted", "origin_not_allowed"]);

/** Notes a refusal for the person, who may want to let the caller in. Never waits. */
export function noteRefusal(exchange: Exchange, error: PosternError, requests: PermissionRequests): void {
  if (!askable.has(error.code)) return;
  const { head, allowance, record, request } = exchange;
  // What the person has paused, or let expire, they know of. And without an origin no page could be allowed.
  if (allowance !== null && allowance.grant.state.ended !== null) return;
  if (error.code === "origin_not_allowed" && head.origin === null) return;
  const model = record.modelAsked;
  const id = requests.note({
    head,
    tool: toolName(null, head.userAgent),
    endpoint: exchange.wanted,
    model,
    grant: allowance?.grant ?? null,
  });
  const isCall = request.method === "POST" && record.endpoint === null && exchange.beginBody === null;
  if (id !== null && model === null && isCall) peekModel(request, (found) => requests.nameModel(id, found));
}
