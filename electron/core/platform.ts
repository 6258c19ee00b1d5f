/** What the host (headless Node or Electron) must bring, so that core needs neither. */
export interface Platform {
  /** The environment as it was at start: variables that hold keys are read once, from here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings that the command line decides, by `gateway.port`: they go before the environment and config.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The data folder: exists, 0700. */
  readonly dataFolder: string;
  /** The program's own read-only files: provider rows, icons, the window. */
  readonly assetsFolder: string;
  /** The person's home folder, in which tools keep their own files. */
  readonly homeFolder: string;
  readonly clock: Clock;
  /** Starts the process that talks to the OS keychain. It may hang or die; it can be killed and started again. */
  startKeychainProcess(): KeychainProcess;
  /** Words for the person: a terminal line, or a notification. Never a secret. */
  notify(message: string): void;
}

/** Time, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since 1970, as a wall clock says it. */
  nowMs(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it fires first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A child process that runs `core/vault/keychain-child.ts`: a fork in Node, a `utilityProcess` in Electron. */
export interface KeychainProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the process is gone for whatever reason. */
  onExit(listener: () => void): void;
  /** Ends it at once, even when it hangs in native code. */
  kill(): void;
}
