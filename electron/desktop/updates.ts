import type { AppUpdater } from "electron-updater";
import type { UpdateState } from "#shared/desktop-bridge.ts";

/** The app's own updates. */
export interface Updates {
  readonly state: UpdateState;
  /** Looks for one, and loads it; never rejects. */
  check(): Promise<void>;
  /** Quits, installs what is ready, and starts again. */
  restart(): void;
  close(): void;
}

/** What the updates need. */
export interface UpdateOptions {
  /** Words for why this copy does not update itself; null where it does. */
  readonly unavailable: string | null;
  readonly load: () => Promise<AppUpdater>;
  readonly isWanted: () => boolean;
  readonly onChange: (state: UpdateState) => void;
  readonly nowMs: () => number;
}

const firstCheckMs = 30_000;
const checkApartMs = 24 * 3_600_000;

/**
 * Makes the updates: a look 30 s after the start and once a day, over https alone. The updater is loaded at the first
 * look. A share of installations gets a release first: the release's own file says which.
 */
export function createUpdates(options: UpdateOptions): Updates {
  let state: UpdateState =
    options.unavailable === null ? { kind: "current", checkedAtMs: null } : { kind: "unavailable", words: options.unavailable };
  let updater: Promise<AppUpdater> | null = null;
  let timer: NodeJS.Timeout | undefined;

  function become(next: UpdateState): void {
    state = next;
    options.onChange(next);
  }

  async function open(): Promise<AppUpdater> {
    const opened = await options.load();
    opened.autoDownload = true;
    opened.autoInstallOnAppQuit = true;
    opened.allowDowngrade = false;
    opened.fullChangelog = false;
    opened.logger = null;
    opened.on("update-not-available", () => become({ kind: "current", checkedAtMs: options.nowMs() }));
    opened.on("update-available", ({ version }) => become({ kind: "loading", version, percent: 0 }));
    opened.on("download-progress", ({ percent }) => {
      // Each per cent is a new menu.
      if (state.kind === "loading" && Math.floor(percent) > Math.floor(state.percent)) become({ ...state, percent });
    });
    opened.on("update-downloaded", ({ version }) => become({ kind: "ready", version }));
    opened.on("error", () => become({ kind: "failed", words: "Cannot look for updates now; try again later" }));
    return opened;
  }

  async function check(): Promise<void> {
    if (state.kind === "unavailable" || state.kind === "checking" || state.kind === "loading" || state.kind === "ready") return;
    become({ kind: "checking" });
    try {
      const opened = await (updater ??= open());
      await opened.checkForUpdates();
    } catch {
      become({ kind: "failed", words: "Cannot look for updates now; try again later" });
    }
  }

  function plan(inMs: number): void {
    timer = setTimeout(() => {
      if (options.isWanted()) void check();
      plan(checkApartMs);
    }, inMs).unref();
  }

  if (options.unavailable === null) plan(firstCheckMs);
  return {
    get state() {
      return state;
    },
    check,
    restart() {
      if (state.kind === "ready") void updater?.then((opened) => opened.quitAndInstall(false, true));
    },
    close: () => clearTimeout(timer),
  };
}

/**
 * Why a copy does not update itself; null where it does.
 *
 * @param facts `isPackaged` is false from a source tree; `packageType` names the package on Linux, where the build wrote it
 */
export function whyNoUpdates(facts: {
  readonly isPackaged: boolean;
  readonly system: "macos" | "windows" | "linux";
  readonly isAppImage: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): string | null {
  if (!facts.isPackaged) return "This copy runs from its source; update it with git.";
  if (facts.environment["FLATPAK_ID"] !== undefined || facts.environment["SNAP"] !== undefined)
    return "This copy is kept up to date by the store that it came from.";
  // A deb or rpm belongs to the system's package manager, and replacing it would need the administrator.
  if (facts.system === "linux" && !facts.isAppImage) return "This copy is kept up to date by your package manager.";
  return null;
}
