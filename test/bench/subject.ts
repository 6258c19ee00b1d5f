import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { repository } from "../../scripts/run-tool.ts";
import { endedEarly, nextMessage, startChild, stopChild } from "./child.ts";
import type { Usage } from "./report-usage.ts";
import { providerKeyPrefix } from "./work.ts";

/** What is measured: the provider itself, and what stands before it. */
export const subjectIds = ["direct", "relay", "postern", "portkey"] as const;

/** One of {@link subjectIds}. */
export type SubjectId = (typeof subjectIds)[number];

/** Where a subject takes chat completions. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A subject, running. */
export interface Subject extends Target {
  /** Where it takes chat completions for an Anthropic provider. */
  readonly translating: Target;
  readonly id: SubjectId;
  readonly pid: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** How a subject is started. */
export interface Recipe {
  readonly script: URL | string;
  /** Node's own, as the program's launcher sets them. */
  readonly nodeFlags?: readonly string[];
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly target: Target;
  /** For an Anthropic provider behind it. */
  readonly translating: Target;
}

const usageReport = new URL("./report-usage.ts", import.meta.url);
/** Made up for each run; no provider knows it. */
const providerKey = providerKeyPrefix + randomBytes(24).toString("hex");
const localKey = randomBytes(20).toString("hex");

/** Postern's source, and the bundle that `npm run build` makes of it. */
export const posternPrograms = {
  source: path.join(repository, "electron/headless/main.mjs"),
  bundle: path.join(repository, "dist/postern.js"),
} as const;

/** Starts the scripted provider. Its port is chosen by the system. */
export async function startProvider(): Promise<Subject> {
  const child = startChild(new URL("./provider.ts", import.meta.url), { preload: [usageReport] });
  const { port } = await nextMessage<{ port: number }>(child);
  const target = { url: `http://127.0.0.1:${port}/v1/chat/completions`, headers: callerHeaders(providerKey) };
  return running("direct", child, { target, translating: target });
}

/** The bare relay before a provider. */
export async function bareRelay(providerUrl: string): Promise<Recipe> {
  const port = await freePort();
  return {
    script: new URL("./bare-relay.ts", import.meta.url),
    arguments: [new URL(providerUrl).origin, String(port)],
    environment: {},
    target: { url: `http://127.0.0.1:${port}/v1/chat/completions`, headers: callerHeaders(providerKey) },
    translating: { url: `http://127.0.0.1:${port}/v1/messages`, headers: callerHeaders(providerKey) },
  };
}

/** Postern with a fresh data folder: a local key comes in, the provider's key from the environment goes out. */
export async function postern(providerUrl: string, options: { readonly program: string; readonly folder: string }): Promise<Recipe> {
  const port = await freePort();
  const dataFolder = path.join(options.folder, `postern-${port}`);
  mkdirSync(dataFolder, { mode: 0o700 });
  const baseUrl = `${new URL(providerUrl).origin}/v1`;
  const config = { discovery: { enabled: false }, providers: { openai: { baseUrl }, anthropic: { baseUrl } } };
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  writeFileSync(path.join(dataFolder, "config.json"), JSON.stringify(config), { mode: 0o600 });
  return {
    script: options.program,
    nodeFlags: ["--max-semi-space-size=16", "--initial-old-space-size=32"],
    arguments: ["serve", "--port", String(port), "--no-ui", "--data-dir", dataFolder],
    environment: { POSTERN_API_KEY: localKey, OPENAI_API_KEY: providerKey, ANTHROPIC_API_KEY: providerKey },
    target: { url, headers: { ...callerHeaders(localKey), "x-portkey-provider": "openai" } },
    translating: { url, headers: { ...callerHeaders(localKey), "x-portkey-provider": "anthropic" } },
  };
}

/** The Portkey gateway. It takes no key of its own: the provider's comes with each call, as does the provider's address. */
export async function portkey(providerUrl: string, folder: string): Promise<Recipe> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  const headers = { ...callerHeaders(providerKey), "x-portkey-custom-host": `${new URL(providerUrl).origin}/v1` };
  return {
    script: path.join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
    // Without its console page, whose middleware would keep a copy of each request.
    arguments: [`--port=${port}`, "--headless"],
    environment: {},
    target: { url, headers: { ...headers, "x-portkey-provider": "openai" } },
    translating: { url, headers: { ...headers, "x-portkey-provider": "anthropic" } },
  };
}

/**
 * Starts a subject and waits until it takes connections.
 *
 * @throws {Error} where it ends, or takes none within 30 s
 */
export async function startSubject(id: SubjectId, recipe: Recipe): Promise<Subject> {
  const child = startRecipe(recipe, { preload: [usageReport] });
  await untilConnected(recipe.target.url, child);
  return running(id, child, recipe);
}

/** Starts a subject's process and nothing more. */
export function startRecipe(recipe: Recipe, options: { readonly preload?: readonly URL[] } = {}): ChildProcess {
  return startChild(recipe.script, {
    arguments: recipe.arguments,
    environment: recipe.environment,
    nodeFlags: recipe.nodeFlags ?? [],
    ...options,
  });
}

/**
 * Resolves when a connection to a URL's port was taken. Refused ones are tried again each millisecond.
 *
 * @throws {Error} where the process ends, or takes none within 30 s
 */
export async function untilConnected(url: string, child: ChildProcess): Promise<void> {
  const port = Number(new URL(url).port);
  const giveUpAtMs = performance.now() + 30_000;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw endedEarly(child);
    if (performance.now() > giveUpAtMs) throw new Error("Cannot measure a subject: it took no connection within 30 s");
    await wait(1);
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function running(id: SubjectId, child: ChildProcess, { target, translating }: Pick<Recipe, "target" | "translating">): Subject {
  return {
    ...target,
    translating,
    id,
    pid: child.pid as number,
    async usage() {
      const answer = nextMessage<Usage>(child);
      child.send("usage");
      return await answer;
    },
    stop: () => stopChild(child),
  };
}

function callerHeaders(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}`, "content-type": "application/json" };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
