import { classifyKeychainFailure } from "./keychain-failure.ts";
import { readKeychainRequest, type KeychainReply, type KeychainRequest, type KeychainValue } from "./keychain-messages.ts";

/**
 * The entry of the process that talks to the OS keychain: it may hang in native code, and is killed then. It answers
 * the messages of keychain-messages.ts over Node's process IPC or Electron's parent port, and prints nothing.
 */

/** Electron's end of the channel in a utility process. @see https://www.electronjs.org/docs/latest/api/parent-port */
interface ParentPort {
  on(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

async function askKeytar(request: KeychainRequest): Promise<KeychainValue> {
  // Lazily: without libsecret the import throws, and that is an answer, not a crash.
  const { default: keytar } = await import("keytar");
  // Never findCredentials: it ends the process (SIGSEGV) when it meets another program's item without an account.
  switch (request.kind) {
    case "probe":
      return true;
    case "get":
      return keytar.getPassword(request.service, request.account);
    case "set":
      await keytar.setPassword(request.service, request.account, request.secret);
      return true;
    case "delete":
      return keytar.deletePassword(request.service, request.account);
  }
}

async function answer(request: KeychainRequest): Promise<KeychainReply> {
  const { id } = request;
  try {
    return { id, ok: true, value: await askKeytar(request) };
  } catch (error) {
    const text = wordsOf(error, request);
    const isMissing =
      text.startsWith("Failed to load keytar") || (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND");
    if (!isMissing) return { id, ok: false, failure: classifyKeychainFailure(text), words: text };
    const words = process.platform === "linux" ? "libsecret is not installed (Debian: libsecret-1-0)" : "its native module does not load";
    return { id, ok: false, failure: "unloadable", words };
  }
}

/** The system's words in one line, without the secret, should they quote it. */
function wordsOf(error: unknown, request: KeychainRequest): string {
  const text = error instanceof Error ? error.message : String(error);
  const clean = request.kind === "set" ? text.replaceAll(request.secret, "...") : text;
  return clean.replaceAll(/\s+/g, " ").slice(0, 200);
}

function listen(): void {
  const parentPort = (process as NodeJS.Process & { readonly parentPort?: ParentPort }).parentPort;
  const send = (reply: KeychainReply): void => {
    if (parentPort !== undefined) parentPort.postMessage(reply);
    else process.send?.(reply);
  };
  const receive = (message: unknown): void => {
    const request = readKeychainRequest(message);
    if (request !== undefined) void answer(request).then(send);
  };
  if (parentPort !== undefined) {
    parentPort.on("message", (event) => receive(event.data));
    return;
  }
  process.on("message", receive);
  // A call that hangs in native code keeps process.exit() waiting for its thread; a signal does not wait.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
}

listen();
