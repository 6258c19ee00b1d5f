import { PosternError } from "#shared/errors.ts";
import type { RouteCall, RouteRow, RouteWorld } from "./route-types.ts";

const fallbackProvider = "openai";

/** A provider, the model's name there, and the stored key that naming the provider named as well. */
export interface ChosenProvider<Row extends RouteRow> {
  readonly row: Row;
  readonly model: string | null;
  readonly keyName: string | null;
}

/**
 * Finds the provider for a target.
 *
 * @param named what the config or the call says; null leaves the choice to the model's prefix, the model lists, and
 *   openai, in this order
 * @throws {PosternError} `unknown_provider`, `invalid_value`, or `invalid_api_key` where a choice needs a local key
 */
export function chooseProvider<Row extends RouteRow>(
  model: string | null,
  named: string | null,
  { call, world }: { readonly call: RouteCall; readonly world: RouteWorld<Row> },
): ChosenProvider<Row> {
  if (named !== null) return withModel(findNamed(named, call, world, "provider"), model, world);
  if (!call.hasGrant) {
    throw new PosternError(
      "invalid_api_key",
      "Cannot let this call in: it has no local key; send one of Postern's, or name the provider whose key this is with the x-portkey-provider header",
      { headers: { "www-authenticate": "Bearer" } },
    );
  }
  if (model?.startsWith("@") !== true) {
    return withModel(findNamed((model === null ? null : world.servedBy(model)) ?? fallbackProvider, call, world, "provider"), model, world);
  }
  const slash = model.indexOf("/");
  const prefix = slash === -1 ? model : model.slice(0, slash);
  const found = findNamed(prefix, call, world, "model");
  // A key's name stands for its provider, and is no part of what that provider calls the model.
  return found.keyName !== null && slash !== -1 ? { ...found, model: model.slice(slash + 1) } : withModel(found, model, world);
}

type Found<Row extends RouteRow> = Omit<ChosenProvider<Row>, "model">;

function withModel<Row extends RouteRow>(found: Found<Row>, model: string | null, world: RouteWorld<Row>): ChosenProvider<Row> {
  const named = withoutPrefix(model, found.row, world);
  return { row: found.row, keyName: found.keyName, model: named === null ? null : (world.idAt(found.row.id, named) ?? named) };
}

function findNamed<Row extends RouteRow>(name: string, call: RouteCall, world: RouteWorld<Row>, param: string): Found<Row> {
  const id = name.startsWith("@") ? name.slice(1) : name;
  const row = world.findRow(id);
  if (row !== undefined) return { row, keyName: null };
  // Hosted Portkey's `@slug` names a stored key, not a provider.
  const owner = call.hasGrant && id !== name ? world.providerOfKey(id) : null;
  const ownersRow = owner === null ? undefined : world.findRow(owner);
  if (ownersRow !== undefined) return { row: ownersRow, keyName: id };
  throw new PosternError(
    "unknown_provider",
    `Cannot route to provider "${shorten(name)}": there is none of this name; write one that "GET /v1/models" or the README lists, or add it to "providers" in config.json`,
    { param },
  );
}

/** `@openai/gpt-4o` is `gpt-4o` to OpenAI. A prefix that names another provider stays: hosted Portkey routes by it. */
function withoutPrefix<Row extends RouteRow>(model: string | null, row: Row, world: RouteWorld<Row>): string | null {
  if (model?.startsWith("@") !== true) return model;
  const slash = model.indexOf("/");
  if (slash === -1 || slash === model.length - 1) {
    throw new PosternError(
      "invalid_value",
      `Cannot route model "${shorten(model)}": a provider stands there without a model; write "@provider/model"`,
      { param: "model" },
    );
  }
  return world.findRow(model.slice(1, slash))?.id === row.id ? model.slice(slash + 1) : model;
}

/** What a caller wrote, short enough for an error. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
