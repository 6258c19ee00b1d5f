import type { Provider } from "#shared/schema/provider.ts";
import { PosternError } from "#shared/errors.ts";

/**
 * The failure of a call whose provider has no key. How it begins is a promise: clients of earlier gateways look for it.
 *
 * @param provider the row, where there is one: it knows the variables and the page that hands out keys
 */
export function missingKeyError(id: string, provider: Provider | undefined): PosternError {
  const begin = id === "portkey" ? "Portkey API key not configured" : `Provider API key not configured for ${id}`;
  const variables = provider?.environment ?? [];
  const orSet = variables.length === 0 ? "" : `, or set ${variables.join(" or ")} before Postern starts`;
  const page = provider?.links.keys;
  const getOne = page === undefined ? "" : ` (get a key at ${page})`;
  return new PosternError("provider_key_missing", `${begin}; run \`postern keys add ${id}\`${orSet}${getOne}`);
}

/**
 * The failure of a call that names a key which is not there.
 *
 * @param names the names that this provider's keys do have
 */
export function unknownKeyNameError(provider: string, name: string, names: readonly string[]): PosternError {
  const known =
    names.length === 0 ? `${provider} has no key` : `the keys of ${provider} are ${names.map((each) => JSON.stringify(each)).join(", ")}`;
  return new PosternError(
    "unknown_key_name",
    `Cannot use key ${JSON.stringify(name)}: ${known}; name one that is there, or run \`postern keys add ${provider}\``,
  );
}
