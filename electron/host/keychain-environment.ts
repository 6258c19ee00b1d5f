/** An environment, as it is read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a keychain's client library needs to find its service and the person's session. A list of what may pass, so that
 * provider keys and POSTERN_* never reach a child's environment, which its whole life shows in /proc.
 */
const common = "HOME USER LOGNAME PATH LANG TMPDIR DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XAUTHORITY";
const windows = "SYSTEMROOT WINDIR SYSTEMDRIVE USERPROFILE USERNAME USERDOMAIN APPDATA LOCALAPPDATA TEMP TMP";
const macos = "__CF_USER_TEXT_ENCODING XPC_FLAGS XPC_SERVICE_NAME SECURITYSESSIONID";
const variables = new Set([common, windows, macos].join(" ").split(" "));

/** The part of an environment that the keychain's process may have. */
export function keychainEnvironment(environment: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    // Windows' names have no case: PATH is there as Path.
    const comparable = process.platform === "win32" ? name.toUpperCase() : name;
    if (value !== undefined && (variables.has(comparable) || name.startsWith("XDG_"))) kept[name] = value;
  }
  return kept;
}
