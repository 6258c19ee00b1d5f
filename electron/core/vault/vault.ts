import path from "node:path";
import type { Platform } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import { PosternError } from "#shared/errors.ts";
import type { Provider } from "#shared/schema/provider.ts";
import { checkCredential, checkName, checkOrigins } from "./check-credential.ts";
import { CredentialIndex } from "./credential-index.ts";
import { createCredential, credentialKey, lastFourOf, type Credential, type CredentialInfo } from "./credential.ts";
import { environmentKeyName, readEnvironmentKeys } from "./environment-keys.ts";
import { missingKeyError, unknownKeyNameError } from "./missing-key.ts";
import { SecretCache } from "./secret-cache.ts";
import { SecretPlaces } from "./secret-places.ts";
import type { VaultState } from "./vault-state.ts";

/**
 * The keys of providers: their names at once, their secrets when one is needed. A secret lies in the OS keychain, in an
 * encrypted file, or in a variable; never in plain text on the disk. Errors hold no secret.
 */
export interface Vault {
  /** How it stands; `words` are for the person. */
  state(): VaultState;
  /** What may be shown of every key, stored and from the environment, in the order of their saving. Opens nothing. */
  list(): CredentialInfo[];
  /** Whether a provider has any key. Opens nothing. */
  has(provider: string): boolean;
  /** The name of the key that serves where none is named, chosen as by {@link Vault.held}; null where there is none. */
  nameOf(provider: string): string | null;
  /**
   * The key, where its secret is in memory: a look-up, for every request. Without a name: the stored key named
   * `default`, else the first added, else the environment's.
   */
  held(provider: string, name?: string): Credential | undefined;
  /**
   * The key, opened if need be (the keychain may show its dialog), chosen as by {@link Vault.held}.
   *
   * @throws {PosternError} `provider_key_missing`, `unknown_key_name`, `keychain_locked` or `keychain_unavailable`
   */
  find(provider: string, name?: string): Promise<Credential>;
  /**
   * Stores a key, or replaces the secret and the origins of the one of that name.
   *
   * @param origins where it may be sent; the effective origin of the provider's row
   * @throws {PosternError} `invalid_value`, `keychain_locked` or `keychain_unavailable`
   */
  add(provider: string, name: string, secret: string, origins: readonly string[]): Promise<CredentialInfo>;
  /** Deletes a key. Resolves with whether there was one. Fails as {@link Vault.add} does. */
  remove(provider: string, name: string): Promise<boolean>;
  /**
   * Gives a stored key another name; secret, origins and place among the others stay.
   *
   * @throws {PosternError} `unknown_key_name`, `invalid_value` where the new name is taken or none, and what the keychain says
   */
  rename(provider: string, name: string, to: string): Promise<CredentialInfo>;
  /** Sets where a stored key may be sent from now on. Fails with `unknown_key_name` or `invalid_value`. */
  bind(provider: string, name: string, origins: readonly string[]): Promise<void>;
  /**
   * Opens the encrypted file with its passphrase; where there is no file, the passphrase seals the first one.
   *
   * @throws {PosternError} `invalid_value` for a wrong passphrase, `keychain_unavailable` for a file that cannot be read
   */
  unlock(passphrase: string): Promise<void>;
  /** Forgets every secret, and opens none, the environment's among them, until {@link Vault.release} or {@link Vault.unlock}. */
  lock(): void;
  /** Ends {@link Vault.lock}. The keychain or the encrypted file may ask the person all the same. */
  release(): void;
  /** Forgets every secret and ends the keychain's process. */
  close(): void;
}

/**
 * Opens the vault: reads the index and the environment's keys, and looks whether there is a keychain, without a dialog.
 *
 * @param providers the rows in force, their base URLs effective; asked again for words of advice
 */
export async function openVault(platform: Platform, store: Store, providers: () => readonly Provider[]): Promise<Vault> {
  const index = await CredentialIndex.open(store);
  const places = await SecretPlaces.open(platform, path.join(platform.dataFolder, "vault.json"));
  const fromEnvironment = readEnvironmentKeys(platform.environment, providers(), platform.clock.nowMs());
  return new OpenVault(platform, { index, places, providers, fromEnvironment });
}

const lockedClause = "the person locked the keys; unlock them in Postern";
const lockedWords = "You locked the keys: none is used until you unlock them.";

interface Parts {
  readonly index: CredentialIndex;
  readonly places: SecretPlaces;
  readonly providers: () => readonly Provider[];
  readonly fromEnvironment: readonly Credential[];
}

class OpenVault implements Vault {
  readonly #platform: Platform;
  readonly #index: CredentialIndex;
  readonly #places: SecretPlaces;
  readonly #providers: () => readonly Provider[];
  readonly #environment: ReadonlyMap<string, Credential>;
  readonly #cache: SecretCache;
  readonly #reading = new Map<string, Promise<Credential>>();
  readonly #changing = new Map<string, Promise<void>>();
  #isClosed = false;
  #isLocked = false;
  #changes: Promise<unknown> = Promise.resolve();

  constructor(platform: Platform, { index, places, providers, fromEnvironment }: Parts) {
    this.#platform = platform;
    this.#index = index;
    this.#places = places;
    this.#providers = providers;
    this.#environment = new Map(fromEnvironment.map((credential) => [credential.provider, credential]));
    this.#cache = new SecretCache(() => platform.clock.monotonicMs());
  }

  state(): VaultState {
    const state = this.#places.state();
    return this.#isLocked ? { ...state, status: "locked", words: lockedWords } : state;
  }

  list(): CredentialInfo[] {
    return [...this.#index.list(), ...[...this.#environment.values()].map(withoutSecret)];
  }

  has(provider: string): boolean {
    return this.#index.preferred(provider) !== undefined || this.#environment.has(provider);
  }

  nameOf(provider: string): string | null {
    return this.#index.preferred(provider)?.name ?? (this.#environment.has(provider) ? environmentKeyName : null);
  }

  held(provider: string, name?: string): Credential | undefined {
    if (this.#isLocked) return undefined;
    const stored = name ?? this.#index.preferred(provider)?.name ?? environmentKeyName;
    return stored === environmentKeyName ? this.#environment.get(provider) : this.#cache.get(credentialKey(provider, stored));
  }

  async find(provider: string, name?: string): Promise<Credential> {
    const held = this.held(provider, name);
    if (held !== undefined) return held;
    const info = name === undefined ? this.#index.preferred(provider) : this.#index.get(provider, name);
    if (this.#isLocked && this.has(provider)) throw new PosternError("keychain_locked", `Cannot use this key: ${lockedClause}`);
    if (info === undefined) throw this.#missing(provider, name);
    const key = credentialKey(provider, info.name);
    const changing = this.#changing.get(key);
    if (changing !== undefined) {
      await changing;
      return this.find(provider, name);
    }
    // Many requests that need the same key ask the keychain once.
    const reading = this.#reading.get(key) ?? this.#read(info).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async add(provider: string, name: string, secret: string, origins: readonly string[]): Promise<CredentialInfo> {
    const checked = checkCredential(provider, name, secret);
    const bound = checkOrigins(origins);
    return this.#change(provider, checked.name, async () => {
      const source = await this.#places.choose();
      const old = this.#index.get(provider, checked.name);
      const info: CredentialInfo = {
        provider,
        name: checked.name,
        lastFour: lastFourOf(checked.secret),
        origins: bound,
        source,
        createdAtMs: old?.createdAtMs ?? this.#index.nextCreatedAtMs(this.#platform.clock.nowMs()),
      };
      // The secret first: an entry of the index without its secret reads as a locked keychain.
      await this.#places.set(info, checked.secret);
      await this.#index.put(info);
      if (old !== undefined && old.source !== source) await this.#places.forget(old);
      return info;
    });
  }

  async remove(provider: string, name: string): Promise<boolean> {
    this.#refuseEnvironment("remove", provider, name);
    return this.#change(provider, name, async () => {
      const info = this.#index.get(provider, name);
      if (info === undefined) return false;
      await this.#places.delete(info);
      await this.#index.delete(provider, name);
      return true;
    });
  }

  async rename(provider: string, name: string, to: string): Promise<CredentialInfo> {
    this.#refuseEnvironment("rename", provider, name);
    const next = checkName(to);
    return this.#change(provider, name, async () => {
      const old = this.#index.get(provider, name);
      if (old === undefined) throw this.#missing(provider, name);
      if (next === name) return old;
      if (this.#index.get(provider, next) !== undefined)
        throw new PosternError("invalid_value", `Cannot rename the key: ${provider} has a key ${JSON.stringify(next)} already`, {
          param: "name",
        });
      const secret = await this.#places.get(old);
      if (secret === undefined) throw this.#gone(old);
      const info: CredentialInfo = { ...old, name: next };
      // The copy first and the old one last: whatever breaks in between, one whole key is there.
      await this.#places.set(info, secret);
      await this.#index.rename(old, info);
      await this.#places.forget(old);
      return info;
    });
  }

  async bind(provider: string, name: string, origins: readonly string[]): Promise<void> {
    this.#refuseEnvironment("bind", provider, name);
    const bound = checkOrigins(origins);
    return this.#change(provider, name, async () => {
      const info = this.#index.get(provider, name);
      if (info === undefined) throw this.#missing(provider, name);
      await this.#index.put({ ...info, origins: bound });
    });
  }

  async unlock(passphrase: string): Promise<void> {
    await this.#places.unlock(passphrase);
    this.release();
  }

  lock(): void {
    this.#isLocked = true;
    this.#cache.clear();
    this.#places.lock();
  }

  release(): void {
    this.#isLocked = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#cache.clear();
    this.#places.close();
  }

  async #read(info: CredentialInfo): Promise<Credential> {
    const secret = await this.#places.get(info);
    if (secret === undefined) throw this.#gone(info);
    const credential = createCredential(info, secret);
    if (this.#isLocked) throw new PosternError("keychain_locked", `Cannot use this key: ${lockedClause}`);
    if (!this.#isClosed) this.#cache.set(credentialKey(info.provider, info.name), credential);
    return credential;
  }

  #gone({ provider, name, source }: CredentialInfo): PosternError {
    const place = source === "file" ? "vault.json" : "the keychain";
    const { message } = this.#missing(provider);
    return new PosternError("provider_key_missing", `${message}. Key ${JSON.stringify(name)} was removed from ${place} by another program`);
  }

  #missing(provider: string, name?: string): PosternError {
    if (name === undefined)
      return missingKeyError(
        provider,
        this.#providers().find((row) => row.id === provider),
      );
    const names = this.list().filter((info) => info.provider === provider);
    return unknownKeyNameError(
      provider,
      name,
      names.map((info) => info.name),
    );
  }

  #refuseEnvironment(action: string, provider: string, name: string): void {
    if (name !== environmentKeyName || !this.#environment.has(provider)) return;
    const variables =
      this.#providers()
        .find((row) => row.id === provider)
        ?.environment.join(" or ") ?? "a variable";
    throw new PosternError(
      "invalid_value",
      `Cannot ${action} the key "${name}" of ${provider}: it comes from ${variables}; change it there and start again`,
      {
        param: "name",
      },
    );
  }

  /**
   * One change at a time, and none while its key is read: a new secret must never be seen with the old origins, nor a
   * removed one stay in memory.
   */
  #change<Value>(provider: string, name: string, work: () => Promise<Value>): Promise<Value> {
    const key = credentialKey(provider, name);
    const turn = this.#changes.then(async () => {
      const ended = Promise.withResolvers<void>();
      this.#changing.set(key, ended.promise);
      try {
        await this.#reading.get(key)?.catch(() => undefined);
        return await work();
      } finally {
        this.#cache.delete(key);
        this.#changing.delete(key);
        ended.resolve();
      }
    });
    this.#changes = turn.catch(() => undefined);
    return turn;
  }
}

function withoutSecret({ provider, name, lastFour, origins, source, createdAtMs }: Credential): CredentialInfo {
  return { provider, name, lastFour, origins, source, createdAtMs };
}
