import { execFile, spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

/** A private Secret Service under a test's control. Its default keyring is open at first. */
export interface Keyring {
  /** Where it is to be found: what a session's environment would say. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  lock(): Promise<void>;
  /** Opens the keyring as the person's sign-in would, without a dialog. */
  unlock(): Promise<void>;
  /** Ends the service at once. */
  kill(): Promise<void>;
  /** Starts it again after {@link Keyring.kill}. */
  restart(how: "open" | "without-a-keyring"): Promise<void>;
  /** Lets the service hang: it takes calls and answers none. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const loginKeyring = "/org/freedesktop/secrets/collection/login";
const serviceName = "org.freedesktop.secrets";
const script = new URL("../../../scripts/keyring.sh", import.meta.url).pathname;

/** Whether this machine can start one: gnome-keyring and D-Bus are installed. */
export const hasKeyring =
  process.platform === "linux" &&
  ["gnome-keyring-daemon", "dbus-daemon", "dbus-send"].every((command) => findCommand(command) !== undefined);

/** The path of a command; undefined where it is not installed. */
export function findCommand(command: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(":")
    .map((folder) => path.join(folder, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Starts one through scripts/keyring.sh. */
export async function startKeyring(): Promise<Keyring> {
  // The inner command tells its environment and stays until its stdin closes.
  const tell = "console.log(JSON.stringify(process.env)); process.stdin.resume()";
  const session = spawn(script, [process.execPath, "-e", tell], { stdio: ["pipe", "pipe", "inherit"] });
  const environment = await new Promise<Record<string, string>>((resolve, reject) => {
    createInterface(session.stdout).once("line", (line) => resolve(JSON.parse(line)));
    session.once("exit", (code) => reject(new Error(`keyring.sh ended with ${code}`)));
  });
  const control = environment["GNOME_KEYRING_CONTROL"] ?? "";
  const runFolder = path.dirname(control);
  const folder = path.dirname(runFolder);
  const password = readFileSync(path.join(folder, "password"), "utf8");
  let pid = Number(environment["GNOME_KEYRING_PID"]);
  let ownDaemon: ChildProcess | undefined;

  const send = async (...parameters: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)("dbus-send", ["--session", "--print-reply=literal", ...parameters], { env: environment });
    return stdout;
  };
  const waitFor = async (expected: string, ...question: string[]): Promise<void> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      // An object that is not there yet is an error.
      const answer = await send(...question).catch(() => "");
      if (answer.includes(expected)) return;
      await setTimeout(25);
    }
    throw new Error(`${question.join(" ")} is not ${expected} after 5 s`);
  };
  const waitForOwner = (expected: boolean): Promise<void> =>
    waitFor(
      String(expected),
      "--dest=org.freedesktop.DBus",
      "/org/freedesktop/DBus",
      "org.freedesktop.DBus.NameHasOwner",
      `string:${serviceName}`,
    );
  // The service has its name before its keyring is open.
  const waitForOpen = (): Promise<void> => {
    const property = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
    return waitFor("false", `--dest=${serviceName}`, loginKeyring, "org.freedesktop.DBus.Properties.Get", ...property);
  };

  return {
    environment,
    lock: async () => {
      const service = [`--dest=${serviceName}`, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"];
      await send(...service, `array:objpath:${loginKeyring}`);
    },
    unlock: () => unlockOverControl(path.join(control, "control"), password),
    kill: async () => {
      process.kill(pid, "SIGKILL");
      await waitForOwner(false);
    },
    restart: async (how) => {
      const env = { ...environment, XDG_RUNTIME_DIR: runFolder, XDG_DATA_HOME: path.join(folder, "data") };
      if (how === "without-a-keyring") rmSync(path.join(folder, "data", "keyrings"), { recursive: true });
      const options = how === "open" ? ["--unlock"] : [];
      ownDaemon = spawn("gnome-keyring-daemon", [...options, "--foreground", "--components=secrets"], {
        env,
        stdio: ["pipe", "ignore", "ignore"],
      });
      ownDaemon.stdin?.end(how === "open" ? password : "");
      pid = ownDaemon.pid ?? 0;
      await (how === "open" ? waitForOpen() : waitForOwner(true));
    },
    freeze: () => void process.kill(pid, "SIGSTOP"),
    thaw: () => void process.kill(pid, "SIGCONT"),
    stop: async () => {
      ownDaemon?.kill("SIGKILL");
      const exit = new Promise((resolve) => session.once("exit", resolve));
      session.stdin.end();
      await exit;
    },
  };
}

/**
 * Speaks gnome-keyring's control protocol, as its PAM module does: one byte for the credentials, then a packet of
 * length, operation 1 (unlock) and the password, numbers as 32 bits, big-endian; the answer is 0 for done.
 * @see https://gitlab.gnome.org/GNOME/gnome-keyring/-/blob/master/daemon/control/gkd-control-codes.h
 */
function unlockOverControl(file: string, password: string): Promise<void> {
  const secret = Buffer.from(password);
  const packet = Buffer.alloc(13 + secret.length);
  packet.writeUInt32BE(12 + secret.length, 1);
  packet.writeUInt32BE(1, 5);
  packet.writeUInt32BE(secret.length, 9);
  secret.copy(packet, 13);
  return new Promise((resolve, reject) => {
    const socket = connect(file, () => socket.write(packet));
    socket.once("error", reject);
    socket.once("data", (reply) => {
      socket.destroy();
      if (reply.length === 8 && reply.readUInt32BE(4) === 0) resolve();
      else reject(new Error(`gnome-keyring did not unlock: ${reply.toString("hex")}`));
    });
  });
}
