import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import type { KeychainProcess, Platform } from "#core/platform.ts";
import type { Provider } from "#shared/schema/provider.ts";
import { providerSchema } from "#shared/schema/provider.ts";

/** A platform whose clock a test can move and hurry. */
export interface TestPlatform extends Platform {
  /** What the person was told. */
  readonly notices: string[];
  /** Moves both clocks forward. */
  advance(ms: number): void;
}

/** What a test decides of its platform. */
export interface TestPlatformOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly dataFolder?: string;
  /** How many times faster than the wall's the waiting goes: limits of 15 s need not take 15 s. */
  readonly speed?: number;
  readonly startKeychainProcess?: () => KeychainProcess;
}

/** A platform in an empty data folder, without a session bus and without a keychain unless the test brings them. */
export function createTestPlatform(options: TestPlatformOptions = {}): TestPlatform {
  const { environment = {}, speed = 1, startKeychainProcess } = options;
  let movedMs = 0;
  const notices: string[] = [];
  return {
    environment,
    dataFolder: options.dataFolder ?? createDataFolder(),
    assetsFolder: "/nowhere",
    homeFolder: "/nowhere",
    clock: {
      nowMs: () => Date.now() + movedMs,
      monotonicMs: () => performance.now() + movedMs,
      wait: async (ms, signal) => setTimeout(ms / speed, undefined, signal === undefined ? {} : { signal }),
    },
    startKeychainProcess:
      startKeychainProcess ??
      (() => {
        throw new Error("this test has no keychain");
      }),
    notify: (message) => void notices.push(message),
    notices,
    advance: (ms) => void (movedMs += ms),
  };
}

/** A new folder, 0700. */
export function createDataFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "postern-vault-"));
}

/** A row with only what the vault looks at. */
export function createRow(id: string, row: Partial<Pick<Provider, "baseUrl" | "auth" | "environment" | "links">> = {}): Provider {
  return providerSchema.parse({
    id,
    name: id,
    dialect: "openai-chat",
    baseUrl: `https://api.${id}.example/v1`,
    auth: "bearer",
    endpoints: ["chat"],
    ...row,
  });
}
