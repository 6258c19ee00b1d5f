import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { PosternError } from "#shared/errors.ts";
import { replaceFile } from "#core/store/replace-file.ts";
import { deriveEnvelopeKey, openEnvelope, parseEnvelope, sealEnvelope, type EnvelopeKey } from "./vault-envelope.ts";

/**
 * `vault.json`: secrets under a passphrase, for machines without a keychain. Between calls only the derived key is in
 * memory, no secret. A file that cannot be read (damaged, newer, of another passphrase) is never written over.
 *
 * Every method fails with `keychain_locked` (not opened, or another passphrase) or `keychain_unavailable` (damaged,
 * newer, or the disk says no).
 */
export class EncryptedFile {
  readonly #file: string;
  #key: EnvelopeKey | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param file the path of `vault.json` */
  constructor(file: string) {
    this.#file = file;
  }

  exists(): boolean {
    return existsSync(this.#file);
  }

  /** Whether a passphrase has opened it, or will seal it on the first write. */
  get isOpen(): boolean {
    return this.#key !== undefined;
  }

  /** Opens the file; where there is none, the passphrase will seal the one that the first write makes. */
  open(passphrase: string): Promise<void> {
    return this.#alone(async () => {
      const text = await this.#read();
      if (text === undefined) {
        this.#key = await deriveEnvelopeKey(passphrase);
        return;
      }
      const envelope = parseEnvelope(text);
      const key = await deriveEnvelopeKey(passphrase, envelope.salt);
      openEnvelope(envelope, key);
      this.#key = key;
    });
  }

  get(account: string): Promise<string | undefined> {
    return this.#alone(async () => (await this.#secrets()).secrets.get(account));
  }

  set(account: string, secret: string): Promise<void> {
    return this.#alone(async () => {
      const { secrets, key } = await this.#secrets();
      await this.#write(secrets.set(account, secret), key);
    });
  }

  /** Resolves with whether there was such a secret. */
  delete(account: string): Promise<boolean> {
    return this.#alone(async () => {
      const { secrets, key } = await this.#secrets();
      if (!secrets.delete(account)) return false;
      await this.#write(secrets, key);
      return true;
    });
  }

  /** Forgets the derived key. */
  close(): void {
    this.#key?.key.fill(0);
    this.#key = undefined;
  }

  async #secrets(): Promise<{ secrets: Map<string, string>; key: EnvelopeKey }> {
    const text = await this.#read();
    const key = this.#key;
    if (key === undefined) throw locked("it is locked; set the right POSTERN_PASSPHRASE, or unlock it in Postern");
    if (text === undefined) return { secrets: new Map(), key };
    const envelope = parseEnvelope(text);
    if (envelope.salt !== key.salt) throw locked("vault.json was replaced by another one; unlock it again");
    return { secrets: openEnvelope(envelope, key), key };
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#file, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw new PosternError(
        "keychain_unavailable",
        `Cannot read the encrypted vault: ${messageOf(error)}; check the rights of vault.json`,
        {
          cause: error,
        },
      );
    }
  }

  async #write(secrets: ReadonlyMap<string, string>, key: EnvelopeKey): Promise<void> {
    try {
      await replaceFile(this.#file, sealEnvelope(secrets, key));
    } catch (error) {
      throw new PosternError(
        "keychain_unavailable",
        `Cannot write the encrypted vault: ${messageOf(error)}; the file is as it was before`,
        {
          cause: error,
        },
      );
    }
  }

  /** One reader or writer at a time: two writers would each lose what the other added. */
  #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

function locked(state: string): PosternError {
  return new PosternError("keychain_locked", `Cannot open the encrypted vault: ${state}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
