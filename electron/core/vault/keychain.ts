import { debugLog } from "#core/debug.ts";
import type { Platform } from "#core/platform.ts";
import { PosternError } from "#shared/errors.ts";
import { KeychainClient } from "./keychain-client.ts";
import type { KeychainFailure, KeychainQuestion, KeychainValue } from "./keychain-messages.ts";
import { askSecretService } from "./secret-service.ts";
import { keychainClauseFor, type VaultStatus } from "./vault-state.ts";

/** How the entries are called in the OS's own keychain window. */
const service = "Postern";
/** Milliseconds during which a dialog that the person left or refused is not opened again by the next request. */
const quietMs = 30_000;
/** Windows stores no larger blob, in UTF-8. @see https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw */
const maxWindowsBytes = 2560;

const log = debugLog("vault");

/**
 * The OS keychain: macOS Keychain, Windows Credential Manager, or Linux's Secret Service. Knows how it fares, and opens
 * no dialog before a key is needed.
 *
 * Every method fails with `keychain_locked` (locked or refused) or `keychain_unavailable` (absent, failing, or one that
 * would forget the key at sign-out).
 */
export class Keychain {
  readonly #platform: Platform;
  readonly #client: KeychainClient;
  #status: VaultStatus = "unknown";
  #hasWorked = false;
  /** Whether a look shows more than what the last call left behind. */
  #canTell = false;
  /** Without its native module (on Linux: without libsecret) no keychain helps, until the next start. */
  #isUnloadable = false;
  #refusedAtMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#client = new KeychainClient(() => platform.startKeychainProcess(), platform.clock);
  }

  get status(): VaultStatus {
    return this.#status;
  }

  /**
   * Finds out how the keychain fares without a dialog. On macOS and Windows it is always there; whether it can be
   * reached shows at the first use.
   *
   * @param options.mayStart whether a Linux service that does not run yet may be started
   */
  look({ mayStart }: { readonly mayStart: boolean }): Promise<void> {
    this.#looking ??= this.#look(mayStart).finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** The secret; undefined where the keychain is open and does not hold it (someone removed it there). */
  async get(account: string): Promise<string | undefined> {
    await this.#admit();
    const value = await this.#ask({ kind: "get", service, account });
    if (typeof value === "string") return value;
    await this.#checkNothing();
    return undefined;
  }

  async set(account: string, secret: string): Promise<void> {
    if (process.platform === "win32" && Buffer.byteLength(secret) > maxWindowsBytes) {
      throw new PosternError(
        "invalid_value",
        `Cannot store the key: it has more than ${maxWindowsBytes} bytes, Windows' limit; use a shorter one`,
      );
    }
    await this.#ask({ kind: "set", service, account, secret });
  }

  /** Resolves with whether there was such a secret. */
  async delete(account: string): Promise<boolean> {
    await this.#admit();
    if ((await this.#ask({ kind: "delete", service, account })) === true) return true;
    await this.#checkNothing();
    return false;
  }

  /** Looks anew before a key is stored: a service may be started for it, and it must be one that keeps the key. */
  async prepare(): Promise<void> {
    await this.look({ mayStart: true });
    if (this.#canTell && (this.#status === "absent" || this.#status === "session-only")) return;
    // A service may be there while libsecret is not. Loading the native module shows it, and opens no dialog.
    const answer = await this.#client.ask({ kind: "probe" });
    if (!answer.ok) this.#noteFailure(answer.failure);
    else if (this.#status === "absent") this.#status = "unknown";
  }

  close(): void {
    this.#client.close();
  }

  async #look(mayStart: boolean): Promise<void> {
    if (process.platform !== "linux" || this.#isUnloadable) return;
    const state = await askSecretService(this.#platform.environment, { mayStart });
    log("the Secret Service is %s", state);
    this.#canTell = state !== "unknown";
    if (state === "idle") this.#status = "unknown";
    else if (state !== "unknown") this.#note(state);
  }

  /** Lets a call through, or fails at once where it could only hang or open the same dialog again. */
  async #admit(): Promise<void> {
    if (this.#status === "ready") return;
    const isQuiet = this.#platform.clock.monotonicMs() - this.#refusedAtMs < quietMs;
    if (this.#status === "denied" && isQuiet) throw this.#error();
    await this.look({ mayStart: true });
    const { status } = this;
    const isWorthATry = status === "ready" || status === "unknown" || status === "denied" || !this.#canTell;
    if (status === "locked" ? isQuiet : !isWorthATry) throw this.#error();
  }

  async #ask(question: KeychainQuestion): Promise<KeychainValue> {
    const wasReady = this.#status === "ready";
    let answer = await this.#client.ask(question);
    // After its service was restarted, libsecret's old session is of no use; a new process makes a new one.
    if (!answer.ok && wasReady && (answer.failure === "failing" || answer.failure === "absent")) answer = await this.#client.ask(question);
    if (answer.ok) {
      if (answer.value !== null && answer.value !== false) this.#note("ready");
      return answer.value;
    }
    log("the keychain said: %s", answer.words);
    if (answer.failure === "hung" && process.platform === "linux") await this.look({ mayStart: false });
    this.#noteFailure(answer.failure);
    this.#refusedAtMs = this.#platform.clock.monotonicMs();
    throw this.#error(answer.words);
  }

  #noteFailure(failure: KeychainFailure | "hung"): void {
    if (failure === "unloadable") {
      this.#isUnloadable = true;
      this.#canTell = true;
      this.#status = "absent";
    } else if (failure !== "hung") this.#note(failure);
    // A dialog that nobody answers hangs, and so does a service that is stuck. Where it can tell, it was just asked.
    else if (!this.#canTell) this.#note("locked");
    else if (this.#status !== "locked") this.#note("failing");
  }

  /**
   * After "there is no such secret". Linux says the same of a locked keyring whose dialog failed or was dismissed, so
   * only an open keyring is believed.
   */
  async #checkNothing(): Promise<void> {
    if (process.platform !== "linux") return;
    await this.look({ mayStart: false });
    if (!this.#canTell) this.#note("locked");
    if (this.#status === "ready") return;
    this.#refusedAtMs = this.#platform.clock.monotonicMs();
    throw this.#error();
  }

  #note(status: VaultStatus): void {
    // One that has worked and is gone now has died; the person is not to be told to install one.
    this.#status = status === "absent" && this.#hasWorked ? "failing" : status;
    this.#hasWorked ||= status === "ready";
  }

  #error(said?: string): PosternError {
    const isShut = this.#status === "locked" || this.#status === "denied";
    const detail = said === undefined ? "" : ` (it said: ${said})`;
    return new PosternError(
      isShut ? "keychain_locked" : "keychain_unavailable",
      `Cannot use the keychain: it ${keychainClauseFor(this.#status)}${detail}`,
    );
  }
}
