import type { KeychainFailure } from "./keychain-messages.ts";

/**
 * What the operating systems' own words mean. libsecret and GLib stay English because Node sets no message locale.
 * Seen with gnome-keyring 42: "Cannot create an item in a locked collection", "The name org.freedesktop.secrets was not
 * provided by any .service files", "Cannot autolaunch D-Bus without X11 $DISPLAY".
 * @see https://www.osstatus.com for macOS's: errSecInteractionNotAllowed, errSecAuthFailed, errSecUserCanceled, errSecNoDefaultKeychain
 */
const meanings: readonly (readonly [RegExp, KeychainFailure])[] = [
  [/locked|interaction is not allowed/i, "locked"],
  [/denied|cancel|dismissed|not permitted|passphrase you entered is not correct|name or passphrase/i, "denied"],
  [/not provided by any|not activatable|autolaunch|could not connect|connection refused|no such file/i, "absent"],
  [/default keychain could not be found|logon session does not exist/i, "absent"],
];

/** Sorts a keychain's error text into what the vault can tell the person. */
export function classifyKeychainFailure(text: string): KeychainFailure {
  return meanings.find(([pattern]) => pattern.test(text))?.[1] ?? "failing";
}
