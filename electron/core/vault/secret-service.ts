import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/**
 * What Linux's Secret Service says of itself without unlocking anything: `idle` would be started by the first use,
 * `unknown` where no tool of this machine can ask.
 */
export type SecretServiceState = "ready" | "locked" | "session-only" | "absent" | "idle" | "failing" | "unknown";

type Environment = Readonly<Record<string, string | undefined>>;

/** How the usual D-Bus tools spell one method call with string arguments. All print the reply on stdout. */
const tools: readonly { readonly command: string; readonly spell: (call: Call) => string[] }[] = [
  {
    command: "dbus-send",
    spell: ({ name, object, method, texts }) => {
      const fixed = ["--session", "--print-reply=literal", `--reply-timeout=${replyTimeoutMs}`, `--dest=${name}`, object, method];
      return [...fixed, ...texts.map((text) => `string:${text}`)];
    },
  },
  {
    command: "gdbus",
    spell: ({ name, object, method, texts }) => {
      const timeout = `${replyTimeoutMs / 1000}`;
      return ["call", "--session", "--timeout", timeout, "--dest", name, "--object-path", object, "--method", method, ...texts];
    },
  },
  {
    command: "busctl",
    spell: ({ name, object, method, texts }) => {
      const dot = method.lastIndexOf(".");
      const signature = texts.length === 0 ? [] : ["s".repeat(texts.length)];
      const timeout = `--timeout=${replyTimeoutMs / 1000}`;
      return ["--user", timeout, "call", name, object, method.slice(0, dot), method.slice(dot + 1), ...signature, ...texts];
    },
  },
];

interface Call {
  readonly name: string;
  readonly object: string;
  readonly method: string;
  readonly texts: readonly string[];
}

const replyTimeoutMs = 2_000;
const serviceName = "org.freedesktop.secrets";
const busCall = { name: "org.freedesktop.DBus", object: "/org/freedesktop/DBus" };

/**
 * Asks for the default collection and whether it is locked, over the session bus. Opens no prompt and unlocks nothing.
 * The calls are spelt with the machine's own tools (dbus-send, gdbus or busctl): the npm clients are whole D-Bus
 * libraries, and three questions at start do not earn one.
 *
 * @param options.mayStart whether a service that is installed but does not run may be started: not before first use
 * @see https://specifications.freedesktop.org/secret-service-spec/latest/
 */
export async function askSecretService(
  environment: Environment,
  { mayStart }: { readonly mayStart: boolean },
): Promise<SecretServiceState> {
  const address = sessionBusOf(environment);
  if (address === undefined) return "absent";
  const ask = (call: Call): Promise<string> => runTool(call, { ...environment, DBUS_SESSION_BUS_ADDRESS: address });
  try {
    const owned = await ask({ ...busCall, method: "org.freedesktop.DBus.NameHasOwner", texts: [serviceName] });
    if (!/\btrue\b/.test(owned)) {
      const names = await ask({ ...busCall, method: "org.freedesktop.DBus.ListActivatableNames", texts: [] });
      if (!names.includes(serviceName)) return "absent";
      if (!mayStart) return "idle";
    }
    const object = "/org/freedesktop/secrets";
    const alias = await ask({ name: serviceName, object, method: "org.freedesktop.Secret.Service.ReadAlias", texts: ["default"] });
    const collection = /\/org\/freedesktop\/secrets\/[A-Za-z0-9_/]+/.exec(alias)?.[0];
    // No default collection reads "/". The one called session is gone at log-out, and the keys with it.
    if (collection === undefined || collection.endsWith("/collection/session")) return "session-only";
    const texts = ["org.freedesktop.Secret.Collection", "Locked"];
    const locked = await ask({ name: serviceName, object: collection, method: "org.freedesktop.DBus.Properties.Get", texts });
    return /\btrue\b/.test(locked) ? "locked" : "ready";
  } catch (error) {
    if (error instanceof NoTool) return "unknown";
    // A bus that cannot be reached is no bus; one that does not answer has a service that hangs.
    return error instanceof Error && absentTexts.test(error.message) ? "absent" : "failing";
  }
}

/**
 * How the three tools say that there is nobody. Not simply "connection": dbus-send mentions one among the possible
 * causes when a reply does not come in time.
 */
const absentTexts =
  /failed to (open connection|connect)|error connecting|could not connect|ServiceUnknown|not provided by any|not activatable/i;

/** The address that libsecret would take; without one it would start a bus of its own, where no keychain is. */
function sessionBusOf(environment: Environment): string | undefined {
  const address = environment["DBUS_SESSION_BUS_ADDRESS"];
  if (address !== undefined && address !== "") return address;
  const folder = environment["XDG_RUNTIME_DIR"];
  if (folder === undefined || folder === "") return undefined;
  const socket = path.join(folder, "bus");
  return existsSync(socket) ? `unix:path=${socket}` : undefined;
}

class NoTool extends Error {}

async function runTool(call: Call, environment: Environment): Promise<string> {
  for (const { command, spell } of tools) {
    const output = await run(command, spell(call), environment);
    if (output !== undefined) return output;
  }
  throw new NoTool();
}

/** Undefined where the command is not installed. */
function run(command: string, parameters: readonly string[], environment: Environment): Promise<string | undefined> {
  const { PATH, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME } = environment;
  const options = { env: { PATH, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, HOME, LC_ALL: "C" }, timeout: replyTimeoutMs + 500 };
  return new Promise((resolve, reject) => {
    execFile(command, parameters, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT") resolve(undefined);
      else reject(new Error(`${command}: ${stderr.trim()}`));
    });
  });
}
