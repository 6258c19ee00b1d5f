import { PosternError } from "#shared/errors.ts";
import { dialectWith } from "./choose-dialect.ts";
import { shorten } from "./choose-provider.ts";
import type { CallNeeds, RouteCall, RouteRow, RouteTarget, RouteWorld, SkipReason } from "./route-types.ts";

/**
 * Why a target cannot be tried at all; null where it can.
 *
 * @param hostIsStored whether the person wrote the custom host down, so that no grant is asked for it
 */
export function whyUnusable<Row extends RouteRow>(
  target: RouteTarget<Row>,
  hostIsStored: boolean,
  { call, world }: { readonly call: RouteCall; readonly world: RouteWorld<Row> },
): PosternError | null {
  const { row, keyName } = target;
  if (call.endpoint !== null && dialectWith(row, call.endpoint, target.model) === null) {
    return new PosternError(
      "endpoint_unsupported",
      `Cannot ask ${row.id} for ${call.endpoint}: it does not offer that; choose another provider`,
    );
  }
  if (!row.enabled) {
    return row.local
      ? new PosternError(
          "provider_not_accepted",
          `Cannot use ${row.id}: it was found or named, but not accepted yet; accept it with "postern accept ${row.id}"`,
        )
      : new PosternError("provider_not_accepted", `Cannot use ${row.id}: it is switched off; take "enabled": false out of config.json`);
  }
  if (row.missingOptions.length > 0 && target.customHost === null) {
    const missing = row.missingOptions.map((name) => `providers.${row.id}.values.${name}`).join(" and ");
    return new PosternError("provider_incomplete", `Cannot use ${row.id}: its address is not complete; set ${missing} in config.json`);
  }
  if (
    target.customHost !== null &&
    !hostIsStored &&
    !(call.hasGrant && (call.guard ?? world).allowsHost(new URL(target.customHost).origin))
  ) {
    return new PosternError(
      "not_granted",
      "Cannot use this custom host: it needs a local key whose grant allows the host; the owner's key allows this machine's own addresses, a tool's what \"postern grant NAME --allow-host ORIGIN\" gave it",
      { param: "x-portkey-custom-host" },
    );
  }
  if (!call.hasGrant && (target.ownKey === null || row.auth === "none")) {
    return new PosternError("invalid_api_key", `Cannot let this call in: ${row.id} needs a local key of Postern's here; send one`, {
      headers: { "www-authenticate": "Bearer" },
    });
  }
  if (target.ownKey !== null || row.auth === "none" || target.customHost !== null) return null;
  if (world.hasKey(row.id, keyName)) return null;
  const missing = world.explainMissingKey(row.id, keyName);
  return wasGuessed(target, call, world) ? new PosternError(missing.code, `${missing.message}. ${guessWords(target)}`) : missing;
}

/** Whether neither the call, nor the lists of those who have a key, nor the catalog say that this provider has the model. */
function wasGuessed<Row extends RouteRow>({ model, facts }: RouteTarget<Row>, call: RouteCall, world: RouteWorld<Row>): boolean {
  const isBare = model !== null && facts === null && call.model === model && !model.startsWith("@");
  if (!isBare || call.config !== null || call.provider !== null || call.keyName !== null) return false;
  return world.findAlias(model) === undefined && world.servedBy(model) === null;
}

function guessWords({ row, model }: RouteTarget<RouteRow>): string {
  const name = shorten(model ?? "");
  return `No provider that has a key is known to serve "${name}", so ${row.id} was to be asked; if another has it, write "@provider/${name}" or make an alias of this name`;
}

/** A reason that holds only as long as another target is left. */
export interface Unsuited {
  readonly reason: Exclude<SkipReason, "unusable" | "weight">;
  readonly message: string;
}

/** Why another target is the better one for this call, by what is known of the model; null where nothing speaks against it. */
export function whyUnsuited(target: RouteTarget<RouteRow>, needs: CallNeeds | null): Unsuited | null {
  const { row, model, facts, circuit } = target;
  const what = `Cannot ask ${row.id}${model === null ? "" : ` for ${model}`}`;
  if (facts !== null && needs !== null) {
    if (facts.vision === false && needs.vision) return { reason: "vision", message: `${what}: the model takes no images` };
    if (facts.tools === false && needs.tools) return { reason: "tools", message: `${what}: the model takes no tools` };
    const { inputTokens } = needs;
    if (inputTokens !== null && facts.contextTokens !== null && inputTokens > facts.contextTokens) {
      return { reason: "context", message: `${what}: the request has about ${inputTokens} tokens, the model takes ${facts.contextTokens}` };
    }
  }
  return circuit === "open" ? { reason: "circuit", message: `${what}: it kept failing and is left alone for a while` } : null;
}
