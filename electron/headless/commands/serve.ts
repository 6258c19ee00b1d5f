import { existsSync } from "node:fs";
import path from "node:path";
import { createPostern, FolderInUseError, PortTakenError, type Postern } from "#core/postern.ts";
import { callOf } from "../call-of.ts";
import { windowFolder } from "../assets-folder.ts";
import { serveControlSocket } from "../../host/control-socket.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { systemClock } from "../../host/system-clock.ts";
import { createNodePlatform } from "../node-platform.ts";
import { describeHolder } from "../../host/port-holder.ts";
import { type Command, type CommandInput, textOption } from "./command.ts";

const drainMs = 10_000;

/** `postern serve`: runs the gateway until it is told to stop. */
export const serveCommand: Command = {
  usage:
    "postern serve [--port 8787] [--host 127.0.0.1] [--data-dir DIR] [--ui-port 0] [--no-ui] [--open] [--prompt] [--set gateway.idleTimeoutMs=60000]...",
  summary: [
    "Runs the gateway on 127.0.0.1 and ::1. It stops on SIGTERM or Ctrl+C, after at most 10 s for calls under way.",
    "",
    "--set decides a setting of config.json for this run; each has a variable too, such as POSTERN_GATEWAY_IDLE_TIMEOUT_MS.",
  ].join("\n"),
  options: {
    port: { type: "string" },
    host: { type: "string" },
    "data-dir": { type: "string" },
    "ui-port": { type: "string" },
    "no-ui": { type: "boolean" },
    open: { type: "boolean" },
    prompt: { type: "boolean" },
    set: { type: "string", multiple: true },
  },
  async run(input) {
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const postern = await open(dataFolder, readSettings(input));
    try {
      const listener = await postern.listen();
      const control = await serveControlSocket(dataFolder, (request) => postern.admin(request));
      const address = listener.addresses.find((candidate) => candidate.startsWith("127.")) ?? listener.addresses[0] ?? "";
      const stopped = untilToldToStop();
      const newOwnerKey = await postern.makeFirstOwnerKey();
      if (listener.addresses.some((candidate) => !candidate.startsWith("127.") && !candidate.startsWith("[::1]"))) {
        process.stderr.write("This network can reach Postern, over plain HTTP; name the hosts that may call it in gateway.allowedHosts.\n");
      }
      const words = newOwnerKey === null ? "" : firstWords(address, newOwnerKey, textOption(input, "data-dir"));
      process.stdout.write(`Postern is listening on http://${address}\n${words}`);
      const closeWindow = input.values["no-ui"] === true ? null : await openWindow(postern, { dataFolder, address, input });
      void sayStartWords(postern);
      const endPrompt = input.values["prompt"] === true ? await openPrompt(postern) : null;
      await stopped;
      endPrompt?.();
      closeWindow?.();
      control?.close();
      await postern.stop({ graceMs: drainMs });
      return 0;
    } catch (error) {
      await postern.stop({ graceMs: 0 });
      if (!(error instanceof PortTakenError)) throw error;
      throw new ExitError(
        3,
        `${error.message} by ${await describeHolder(error.port)}; stop that, or choose another port with ${optionFor(error.port, input)}`,
        {
          cause: error,
        },
      );
    }
  },
};

async function open(dataFolder: string, settings: Readonly<Record<string, string>>): Promise<Postern> {
  try {
    return await createPostern(createNodePlatform(dataFolder, settings));
  } catch (error) {
    if (error instanceof FolderInUseError)
      throw new ExitError(3, `${error.message}; use that one, or choose another folder with --data-dir`, { cause: error });
    throw error;
  }
}

/** Which option chose the port that is taken. */
function optionFor(port: number, input: CommandInput): string {
  return textOption(input, "ui-port") === String(port) ? "--ui-port" : "--port";
}

/** Serves the window to browsers, and says how to open it. Loaded only now: what comes before listening is kept short. */
async function openWindow(
  postern: Postern,
  { dataFolder, address, input }: { readonly dataFolder: string; readonly address: string; readonly input: CommandInput },
): Promise<() => void> {
  const [{ serveWindow }, { openBrowser }] = await Promise.all([import("../window/serve-window.ts"), import("../window/open-browser.ts")]);
  const listener = await serveWindow({
    port: readPort(textOption(input, "ui-port")) ?? 0,
    filesFolder: windowFolder,
    nowMs: () => systemClock.monotonicMs(),
    admin: (request) => postern.admin(request),
    gateway: {
      // It moves when its settings change.
      get address() {
        return postern.gatewayAddress ?? address;
      },
      key: postern.issueWindowKey(),
    },
  });
  postern.setBrowserWindow(listener);
  const { url, expiresInSeconds } = listener.createLogin();
  const another = callOf("ui", textOption(input, "data-dir"));
  process.stdout.write(
    `The window, for the next ${expiresInSeconds / 60} minutes and one browser (another link: ${another}):\n\n  ${url}\n\n`,
  );
  if (!existsSync(path.join(windowFolder, "index.html"))) {
    process.stdout.write("It is not built in this checkout yet: run npm run build before you open it.\n\n");
  }
  const forgetFile = input.values["open"] === true ? openBrowser(dataFolder, listener.createLogin().url) : null;
  return () => {
    forgetFile?.();
    postern.setBrowserWindow(null);
    listener.close();
  };
}

/** Asks on the terminal about tools that were refused. Loaded only where it is wanted. */
async function openPrompt(postern: Postern): Promise<() => void> {
  const [{ askPermissions }, { createClient }] = await Promise.all([import("../ask-permission.ts"), import("#shared/contract/client.ts")]);
  const call = createClient((path, init) => postern.admin(new Request(`http://postern${path}`, init)));
  return askPermissions(call, { input: process.stdin, output: process.stdout });
}

/** Loaded only now, as well. */
async function sayStartWords(postern: Postern): Promise<void> {
  const { findStartWords } = await import("../describe-status.ts");
  process.stdout.write(await findStartWords(postern));
}

/** The settings that options decide, by `gateway.port`. What they may be is checked with the settings themselves. */
function readSettings(input: CommandInput): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const given of [input.values["set"] ?? []].flat()) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(String(given)) ?? [];
    if (name === undefined || value === undefined)
      throw new ExitError(2, 'Cannot use --set like this: it takes a setting and its value, such as "gateway.idleTimeoutMs=60000"');
    settings[name] = value;
  }
  const port = readPort(textOption(input, "port"));
  const host = textOption(input, "host");
  // An address that is none is told as such, before anything is opened.
  readPort(process.env["POSTERN_PORT"]?.trim());
  return { ...settings, ...(port !== null && { "gateway.port": String(port) }), ...(host !== undefined && { "gateway.host": host }) };
}

function readPort(asked: string | undefined): number | null {
  if (asked === undefined || asked === "") return null;
  const port = Number(asked);
  if (/^\d{1,5}$/.test(asked) && port <= 65_535) return port;
  throw new ExitError(2, `Cannot listen on port "${asked.slice(0, 20)}": a port is a whole number from 0 to 65535`);
}

/** Resolves at the first SIGTERM, SIGINT or SIGHUP; a second one ends the process at once. */
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (told) process.exit(1);
        told = true;
        resolve();
      });
    }
  });
}

function firstWords(address: string, key: string, dataFolder: string | undefined): string {
  return `
Your key for tools, shown this once (a new one: ${callOf("owner-key --replace", dataFolder)}):

  ${key}

Try it, without any provider's key:

  curl -N http://${address}/v1/chat/completions \\
    -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"@postern/hello","stream":true,"messages":[{"role":"user","content":"Hi"}]}'

`;
}
