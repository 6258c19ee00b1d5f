import { createPostern, FolderInUseError, PortTakenError, type Postern } from "#core/postern.ts";
import { serveControlSocket } from "../control-socket.ts";
import { openDataFolder } from "../data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { createNodePlatform } from "../node-platform.ts";
import { describeHolder } from "../port-holder.ts";
import { type Command, type CommandInput, textOption } from "./command.ts";

const drainMs = 10_000;

/** `postern serve`: runs the gateway until it is told to stop. */
export const serveCommand: Command = {
  usage: "postern serve [--port 8787] [--host 127.0.0.1] [--data-dir DIR] [--ui-port 0] [--no-ui] [--open]",
  summary: "Runs the gateway on 127.0.0.1 and ::1. It stops on SIGTERM or Ctrl+C, after at most 10 s for calls under way.",
  options: {
    port: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    "data-dir": { type: "string" },
    "ui-port": { type: "string" },
    "no-ui": { type: "boolean" },
    open: { type: "boolean" },
  },
  async run(input) {
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const postern = await open(dataFolder);
    try {
      const listener = await postern.listen({ host: textOption(input, "host") ?? "127.0.0.1", port: readPort(input) });
      const control = await serveControlSocket(dataFolder, (request) => postern.admin(request));
      const address = listener.addresses.find((candidate) => candidate.startsWith("127.")) ?? listener.addresses[0] ?? "";
      const stopped = untilToldToStop();
      if (input.values["open"] === true || textOption(input, "ui-port") !== undefined) {
        process.stderr.write("The window is not part of this build yet: only the gateway runs.\n");
      }
      const newOwnerKey = await postern.makeFirstOwnerKey();
      if (listener.addresses.some((candidate) => !candidate.startsWith("127.") && !candidate.startsWith("[::1]"))) {
        process.stderr.write("This network can reach Postern, over plain HTTP; name the hosts that may call it in gateway.allowedHosts.\n");
      }
      const words = newOwnerKey === null ? "" : firstWords(address, newOwnerKey);
      process.stdout.write(`Postern is listening on http://${address}\n${words}`);
      void sayStartWords(postern);
      await stopped;
      control?.close();
      await postern.stop({ graceMs: drainMs });
      return 0;
    } catch (error) {
      await postern.stop({ graceMs: 0 });
      if (!(error instanceof PortTakenError)) throw error;
      throw new ExitError(3, `${error.message} by ${await describeHolder(error.port)}; stop that, or choose another port with --port`, {
        cause: error,
      });
    }
  },
};

async function open(dataFolder: string): Promise<Postern> {
  try {
    return await createPostern(createNodePlatform(dataFolder));
  } catch (error) {
    if (error instanceof FolderInUseError)
      throw new ExitError(3, `${error.message}; use that one, or choose another folder with --data-dir`, { cause: error });
    throw error;
  }
}

/** Loaded only now: what comes before listening is kept short. */
async function sayStartWords(postern: Postern): Promise<void> {
  const { findStartWords } = await import("../describe-status.ts");
  process.stdout.write(await findStartWords(postern));
}

function readPort(input: CommandInput): number | null {
  const asked = textOption(input, "port") ?? process.env["POSTERN_PORT"]?.trim();
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

function firstWords(address: string, key: string): string {
  return `
Your key for tools, shown this once (a new one: postern owner-key --replace):

  ${key}

Try it, without any provider's key:

  curl -N http://${address}/v1/chat/completions \\
    -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model":"@postern/hello","stream":true,"messages":[{"role":"user","content":"Hi"}]}'

`;
}
