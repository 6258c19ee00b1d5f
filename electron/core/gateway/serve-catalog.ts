import { PosternError } from "#shared/errors.ts";
import { modelFilterSchema } from "#shared/schema/model.ts";
import { type Caller, unauthenticated } from "#core/access/identify-caller.ts";
import type { Catalog } from "#core/catalog/catalog.ts";
import type { CatalogCall } from "#core/endpoints/match-catalog.ts";
import type { Exchange } from "./exchange.ts";
import { writeJson } from "./write-failure.ts";

const mostNames = 20;

/**
 * Answers what is asked of the model catalog, to holders of a local key; what changes it, to the owner alone.
 *
 * @throws {PosternError} `invalid_api_key`, `not_granted`, `invalid_value`, and what the catalog throws
 */
export async function serveCatalog(exchange: Exchange, asked: CatalogCall, caller: Caller, catalog: Catalog): Promise<void> {
  if (caller.grant === null) throw unauthenticated("Cannot show the model catalog: that needs a local key; send one");
  if ((asked.call === "refresh" || asked.call === "forget") && caller.grant.kind !== "owner")
    throw new PosternError("not_granted", "Cannot change the model catalog: this key may only read it; use the owner's");
  exchange.request.resume();
  const url = exchange.request.url ?? "";
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "");
  writeJson(exchange, await answer(asked, query, catalog));
}

async function answer(asked: CatalogCall, query: URLSearchParams, catalog: Catalog): Promise<unknown> {
  switch (asked.call) {
    case "model":
      return catalog.describe({
        provider: asked.provider,
        model: asked.model,
        gateways: readNames(query, "gateway"),
        includeHuggingFace: readFlag(query, "include_huggingface", true),
      });
    case "models":
      return catalog.query(readFilter(query));
    case "compare": {
      const names = readNames(query, "models");
      if (names.length === 0)
        throw new PosternError(
          "invalid_value",
          "Cannot compare nothing: name models, as in ?models=openai/gpt-4o,anthropic/claude-sonnet-4.5",
          {
            param: "models",
          },
        );
      return catalog.compare(names);
    }
    case "gateways":
      return { data: await catalog.gateways() };
    case "refresh": {
      const names = readNames(query, "gateway");
      return { data: await catalog.refresh(names.length === 0 ? null : names) };
    }
    case "forget":
      return { gateway: asked.gateway, removed: await catalog.forget(asked.gateway) };
  }
}

/** Names between commas. @throws {PosternError} for more of them than anybody compares */
function readNames(query: URLSearchParams, name: string): string[] {
  const names = (query.get(name) ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if (names.length > mostNames || names.some((one) => one.length > 256))
    throw new PosternError("invalid_value", `Cannot use ${name}: it names more than ${mostNames}, or one that is too long`, {
      param: name,
    });
  return names;
}

function readFlag(query: URLSearchParams, name: string, otherwise: boolean): boolean {
  const text = query.get(name)?.toLowerCase();
  if (text === undefined || text === "") return otherwise;
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new PosternError("invalid_value", `Cannot use ${name}: it is neither true nor false`, { param: name });
}

/** The filter as a query says it: numbers and flags as text, abilities between commas. What it does not know is passed over. */
function readFilter(query: URLSearchParams): ReturnType<typeof modelFilterSchema.parse> {
  const values: Record<string, unknown> = {};
  for (const name of ["text", "provider", "gateway", "modality", "sort", "cursor"]) {
    const value = query.get(name);
    if (value !== null && value !== "") values[name] = value;
  }
  for (const name of ["min_context", "max_price", "limit"]) {
    const value = query.get(name);
    if (value !== null && value !== "") values[name] = Number(value);
  }
  for (const name of ["callable", "descending"]) if (query.has(name)) values[name] = readFlag(query, name, true);
  if (query.has("capabilities")) values["capabilities"] = readNames(query, "capabilities");
  const result = modelFilterSchema.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? "this query");
  throw new PosternError("invalid_value", `Cannot use ${name}: ${issue?.message ?? "it is not valid"}`, { param: name });
}
