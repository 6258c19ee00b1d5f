import type { Platform } from "#core/platform.ts";
import { PosternError } from "#shared/errors.ts";
import { credentialKey, type CredentialInfo, type CredentialSource } from "./credential.ts";
import { EncryptedFile } from "./encrypted-file.ts";
import { Keychain } from "./keychain.ts";
import { describeVault, keychainWordsFor, type EncryptedFileStatus, type VaultState, type VaultStatus } from "./vault-state.ts";

type Place = Exclude<CredentialSource, "environment">;

/**
 * The two places where secrets lie, behind one door: a stored key is read from the place that its entry names, a new one
 * goes where {@link describeVault} says. Every method fails with `keychain_locked` or `keychain_unavailable`.
 */
export class SecretPlaces {
  readonly #platform: Platform;
  readonly #keychain: Keychain;
  readonly #file: EncryptedFile;
  /** From the environment, until it was tried. */
  #passphrase: string | undefined;
  #isPassphraseWrong = false;
  #isFileUnreadable = false;
  /** The state that the person was told of last. */
  #told: VaultStatus | undefined;
  #opening: Promise<void> | undefined;

  private constructor(platform: Platform, file: string) {
    this.#platform = platform;
    this.#keychain = new Keychain(platform);
    this.#file = new EncryptedFile(file);
    const passphrase = platform.environment["POSTERN_PASSPHRASE"];
    this.#passphrase = passphrase === "" ? undefined : passphrase;
  }

  /** Looks whether there is a keychain; opens nothing. */
  static async open(platform: Platform, file: string): Promise<SecretPlaces> {
    const places = new SecretPlaces(platform, file);
    await places.#keychain.look({ mayStart: false });
    return places;
  }

  state(): VaultState {
    return describeVault(this.#keychain.status, this.#fileStatus());
  }

  /** Where a key that is stored now goes. */
  async choose(): Promise<Place> {
    await this.#keychain.prepare();
    const { kind, words } = this.state();
    if (kind === "environment-only")
      throw new PosternError("keychain_unavailable", `Cannot store the key: there is no safe place for it. ${words}`);
    return kind === "keychain" ? "keychain" : "file";
  }

  get(info: CredentialInfo): Promise<string | undefined> {
    if (info.source === "file") return this.#inFile(() => this.#file.get(credentialKey(info.provider, info.name)));
    return this.#watch(() => this.#keychain.get(accountOf(info)));
  }

  set(info: CredentialInfo, secret: string): Promise<void> {
    if (info.source === "file") return this.#inFile(() => this.#file.set(credentialKey(info.provider, info.name), secret));
    return this.#keychain.set(accountOf(info), secret);
  }

  /**
   * Deletes the secret. Where the place itself is gone (another machine's keychain, a file that was moved away) there is
   * nothing left to delete, and the entry may go.
   */
  async delete(info: CredentialInfo): Promise<void> {
    if (info.source === "file") {
      if (this.#file.exists()) await this.#inFile(() => this.#file.delete(credentialKey(info.provider, info.name)));
      return;
    }
    await this.#keychain.look({ mayStart: true });
    if (this.#keychain.status === "absent" || this.#keychain.status === "session-only") return;
    await this.#keychain.delete(accountOf(info));
  }

  /** Deletes what a replaced key left in the other place, if that can be reached; else it stays there, sealed. */
  async forget(info: CredentialInfo): Promise<void> {
    await this.delete(info).catch(() => undefined);
  }

  async unlock(passphrase: string): Promise<void> {
    if (passphrase === "")
      throw new PosternError("invalid_value", "Cannot open the encrypted vault: the passphrase is empty", { param: "passphrase" });
    try {
      await this.#openFile(passphrase);
    } catch (error) {
      if (!isLocked(error)) throw error;
      throw new PosternError("invalid_value", error.message, { param: "passphrase", cause: error });
    }
  }

  /** Closes the encrypted file, which then takes its passphrase again. */
  lock(): void {
    this.#file.close();
    this.#passphrase = undefined;
  }

  close(): void {
    this.#keychain.close();
    this.#file.close();
    this.#passphrase = undefined;
  }

  #fileStatus(): EncryptedFileStatus {
    if (this.#isFileUnreadable) return "failing";
    if (this.#file.isOpen) return "ready";
    if (this.#passphrase !== undefined) return "pending";
    if (!this.#file.exists()) return "absent";
    return this.#isPassphraseWrong ? "refused" : "locked";
  }

  /** Works with the file, opened with the environment's passphrase if nobody opened it yet. */
  async #inFile<Value>(work: () => Promise<Value>): Promise<Value> {
    if (!this.#file.isOpen && this.#passphrase !== undefined) {
      this.#opening ??= this.#openEarly(this.#passphrase).finally(() => (this.#opening = undefined));
      await this.#opening;
    }
    return this.#judge(work);
  }

  async #openEarly(passphrase: string): Promise<void> {
    try {
      await this.#openFile(passphrase);
    } catch (error) {
      // A wrong one is not stretched again for every request: that takes half a second of a core.
      if (isLocked(error)) {
        this.#passphrase = undefined;
        this.#isPassphraseWrong = true;
      }
      throw error;
    }
  }

  async #openFile(passphrase: string): Promise<void> {
    await this.#judge(() => this.#file.open(passphrase));
    this.#passphrase = undefined;
    this.#isPassphraseWrong = false;
  }

  /** Remembers whether the file could be read at all. */
  async #judge<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      const value = await work();
      this.#isFileUnreadable = false;
      return value;
    } catch (error) {
      this.#isFileUnreadable = error instanceof PosternError && error.code === "keychain_unavailable";
      throw error;
    }
  }

  /** Tells the person, once per state, when a key is needed and the keychain needs them first. */
  async #watch<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      const value = await work();
      this.#told = undefined;
      return value;
    } catch (error) {
      const { status } = this.#keychain;
      if (status !== this.#told) this.#platform.notify(keychainWordsFor(status));
      this.#told = status;
      throw error;
    }
  }
}

function isLocked(error: unknown): error is PosternError {
  return error instanceof PosternError && error.code === "keychain_locked";
}

/**
 * How the keychain knows an entry. The time makes it this data folder's own: two folders on one machine (a test's, a
 * second instance's) share the keychain, and neither may replace or delete the other's key.
 */
function accountOf(info: CredentialInfo): string {
  return `${info.provider}/${info.name}/${info.createdAtMs}`;
}
