import { type FSWatcher, readFileSync, watch } from "node:fs";
import path from "node:path";
import type { ConfigFile } from "#shared/schema/config-file.ts";
import { PosternError } from "#shared/errors.ts";
import type { Platform } from "#core/platform.ts";
import { editJson } from "./edit-json.ts";
import { mergeProviderRows, type ProviderRows, readBuiltInRows } from "./provider-rows.ts";
import { type ConfigProblem, readConfig } from "./read-config.ts";
import { replaceFile } from "#core/store/replace-file.ts";
import { applyPins, readSettingPins, type SettingPin } from "./setting-pins.ts";

/** The configuration in force. */
export interface Config extends ConfigFile {
  readonly rows: ProviderRows;
  /** Whether config.json itself says something at a path, rather than a default or a pin. */
  readonly says: (path: readonly string[]) => boolean;
}

/** config.json, followed as it changes. */
export interface LiveConfig {
  /** What is in force now. Replaced as a whole, never changed in place. */
  readonly current: Config;
  /** What is wrong with the file as it is on disk; empty when it is in force. */
  readonly problems: readonly ConfigProblem[];
  readonly file: string;
  /** The settings that the environment or the command line decides, whatever the file says. */
  readonly pins: readonly SettingPin[];
  /** The ids of the rows that ship. */
  readonly builtInIds: ReadonlySet<string>;
  /** Calls back after each change that took effect. */
  onChange(listener: (config: Config) => void): void;
  /** Calls back after each change of the file that broke it. */
  onBroken(listener: (problems: readonly ConfigProblem[]) => void): void;
  /**
   * Changes one value in the file, or takes it out where the value is undefined, and keeps the person's comments and
   * order. One change at a time: a second one begins with what the first has written.
   *
   * @throws {PosternError} `invalid_config` when the file is broken or the change would break it; nothing is written then
   */
  edit(path: readonly (string | number)[], value: unknown): Promise<void>;
  close(): void;
}

/**
 * Opens config.json in the data folder and follows it. A broken file never takes effect: the last good one stays in
 * force, over restarts too (it is kept as `config.last-good.json`), and the person is told where the file broke.
 *
 * @throws {PosternError} `invalid_value` where a variable or an option pins a setting to what it cannot be
 */
export function openLiveConfig(platform: Platform): LiveConfig {
  const file = path.join(platform.dataFolder, "config.json");
  const lastGoodFile = path.join(platform.dataFolder, "config.last-good.json");
  const builtIn = readBuiltInRows(platform.assetsFolder);
  const pins = readSettingPins({ environment: platform.environment, flags: platform.settings ?? {} });
  const listeners: ((config: Config) => void)[] = [];
  const brokenListeners: ((problems: readonly ConfigProblem[]) => void)[] = [];
  let problems: readonly ConfigProblem[] = [];
  let lastText: string | null | undefined;
  let keeping: Promise<void> = Promise.resolve();
  let editing: Promise<void> = Promise.resolve();
  let current = loadFile() ?? load(readIfPossible(lastGoodFile), { quietly: true }) ?? load(null);
  if (current === null) throw new PosternError("internal", "Cannot start: the built-in provider rows are broken; reinstall Postern");

  function build(text: string | null): { config: Config | null; problems: readonly ConfigProblem[] } {
    const reading = readConfig(text ?? "");
    if (!reading.ok) return { config: null, problems: reading.problems };
    const merged = mergeProviderRows(builtIn, reading.config, { environment: platform.environment, locate: reading.locate });
    if (merged.problems.length > 0) return { config: null, problems: merged.problems };
    return { config: { ...applyPins(reading.config, pins), rows: merged.rows, says: reading.says }, problems: [] };
  }

  function load(text: string | null, options: { quietly?: boolean } = {}): Config | null {
    const result = build(text);
    if (options.quietly !== true && text !== null) {
      lastText = text;
      problems = result.problems;
      if (result.config === null) platform.notify(describeProblems(file, result.problems));
      else if (readIfPossible(lastGoodFile) !== text) keepLastGood(text);
    }
    return result.config;
  }

  /** One after the other: two writes at once would share their temporary file. */
  function keepLastGood(text: string): void {
    keeping = keeping
      .then(() => replaceFile(lastGoodFile, text))
      .catch((error: Error) => platform.notify(`Cannot keep a copy of the good config.json: ${error.message}`));
  }

  /** What config.json says now; null where it says nothing new, or nothing that could be in force. */
  function loadFile(): Config | null {
    let text: string | null;
    try {
      text = readIfThere(file);
    } catch (error) {
      reportUnreadable(error as Error);
      return null;
    }
    if (text === lastText) return null;
    const next = load(text);
    if (text === null) {
      lastText = null;
      problems = [];
    }
    return next;
  }

  /** A folder in its place, or a file that may not be read: it is what a broken file is, and told once. */
  function reportUnreadable(error: Error): void {
    const found = [unreadableProblem(error)];
    const isNew = problems[0]?.message !== found[0]?.message;
    problems = found;
    // What comes back may be what was there before, and has to be taken as new: it ends the problem.
    lastText = undefined;
    if (isNew) platform.notify(describeProblems(file, found));
  }

  function reload(): void {
    const before = problems;
    const next = loadFile();
    if (next === null) {
      if (problems !== before && problems.length > 0) for (const listener of brokenListeners) listener(problems);
      return;
    }
    current = next;
    for (const listener of listeners) listener(next);
  }

  async function edit(at: readonly (string | number)[], value: unknown): Promise<void> {
    let before: string;
    try {
      before = readIfThere(file) ?? "{}\n";
    } catch (error) {
      const words = describeProblems(file, [unreadableProblem(error as Error)]);
      throw new PosternError("invalid_config", `Cannot change ${file}: ${words}`, { cause: error });
    }
    if (build(before).config === null) {
      throw new PosternError(
        "invalid_config",
        `Cannot change ${file}: it is broken as it is; ${describeProblems(file, build(before).problems)}`,
      );
    }
    const after = editJson(before, at, value);
    const checked = build(after);
    if (checked.config === null) {
      const words = checked.problems.map(({ path: where, message }) => `${where} ${message}`).join("; ");
      throw new PosternError("invalid_config", `Cannot change config.json like this: ${words}`);
    }
    await replaceFile(file, after);
    reload();
  }

  // The folder is watched, not the file: editors and our own writes replace the file by a rename.
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(platform.dataFolder, { persistent: false }, (_event, name) => {
      if (name !== null && name !== "config.json") return;
      clearTimeout(timer);
      timer = setTimeout(reload, 30);
    });
    watcher.on("error", () => watcher?.close());
  } catch (error) {
    platform.notify(`Cannot watch ${file} for changes: ${(error as Error).message}; restart Postern after you edit it`);
  }

  return {
    get current() {
      return current as Config;
    },
    get problems() {
      return problems;
    },
    file,
    pins,
    builtInIds: new Set(builtIn.keys()),
    onChange: (listener) => void listeners.push(listener),
    onBroken: (listener) => void brokenListeners.push(listener),
    edit(at, value) {
      const turn = editing.then(() => edit(at, value));
      editing = turn.catch(() => undefined);
      return turn;
    },
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

/** The problems of a config file as lines for a terminal or a log. */
export function describeProblems(file: string, problems: readonly ConfigProblem[]): string {
  const lines = problems.map(
    ({ line, column, path: at, message }) => `  ${file}:${line}:${column} ${at}${at === "" ? "the file " : " "}${message}`,
  );
  return `Cannot use config.json as it is; the last good one stays in force:\n${lines.join("\n")}`;
}

function unreadableProblem(error: Error): ConfigProblem {
  return { line: 1, column: 1, path: "", message: `cannot be read: ${error.message}` };
}

/** Null also where it cannot be read: for what Postern keeps for itself and can do without. */
function readIfPossible(file: string): string | null {
  try {
    return readIfThere(file);
  } catch {
    return null;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
