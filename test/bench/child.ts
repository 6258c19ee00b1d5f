import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** What a child process is started with. */
export interface ChildOptions {
  readonly arguments?: readonly string[];
  /** Node's own flags. */
  readonly nodeFlags?: readonly string[];
  /** Modules that are loaded before the child's own. */
  readonly preload?: readonly URL[];
  /** Beside PATH and HOME; nothing else is inherited. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

const longestWords = 4_000;
/** The end of what each child wrote to stderr: shown only where it fails. */
const words = new WeakMap<ChildProcess, { readonly text: string }>();
const running = new Set<ChildProcess>();
// A run that is cut short leaves nothing behind.
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * Starts a script in a Node process of its own, with a channel for messages.
 *
 * @param script a file
 */
export function startChild(script: URL | string, options: ChildOptions = {}): ChildProcess {
  const { PATH, HOME, USERPROFILE, SystemRoot } = process.env;
  const child = fork(script, options.arguments ?? [], {
    execArgv: [...(options.nodeFlags ?? []), ...(options.preload ?? []).flatMap((file) => ["--import", file.href])],
    env: { PATH, HOME, USERPROFILE, SystemRoot, NODE_ENV: "production", ...options.environment },
    cwd: options.folder ?? import.meta.dirname,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const said = { text: "" };
  words.set(child, said);
  child.stderr?.setEncoding("latin1").on("data", (text: string) => (said.text = (said.text + text).slice(-longestWords)));
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/**
 * Waits for a child's next message.
 *
 * @throws {Error} where the child ends first
 */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const left = new AbortController();
  // "close" comes after the last of its words; "exit" may come before.
  const ended = once(child, "close", { signal: left.signal }).then(() => {
    throw endedEarly(child);
  });
  try {
    const [message] = await Promise.race([once(child, "message", { signal: left.signal }), ended]);
    return message as Message;
  } finally {
    ended.catch(() => {});
    left.abort();
  }
}

/** The error for a child that ended too early, with its last words. */
export function endedEarly(child: ChildProcess): Error {
  const name = child.spawnargs.find((word) => /\.[jt]s$/.test(word)) ?? "a child process";
  return new Error(
    `Cannot go on with ${path.basename(name)}: it ended with ${child.signalCode ?? `code ${child.exitCode}`}; ${words.get(child)?.text ?? ""}`,
  );
}

/**
 * Runs a script that takes one message and answers with one.
 *
 * @throws {Error} where it ends without an answer
 */
export async function runTask<Result>(script: URL, input: object): Promise<Result> {
  const child = startChild(script);
  const answer = nextMessage<Result>(child);
  child.send(input);
  const result = await answer;
  if (child.connected) child.disconnect();
  await stopChild(child);
  return result;
}

/** Ends a child and waits until it is gone: by SIGTERM, after 15 s by force. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await gone;
  clearTimeout(timer);
}
