import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root = "";

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "postern-bootstrap-")));
  mkdirSync(path.join(root, "scripts"));
  cpSync(path.join(import.meta.dirname, "bootstrap.mjs"), path.join(root, "scripts/bootstrap.mjs"));
  writeFileSync(path.join(root, "package.json"), '{ "type": "module" }');
  writeLock("package-lock.json", "1.0.0");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function writeLock(file: string, version: string): void {
  const packages = {
    "": {},
    "node_modules/thing": { version, integrity: `sha512-${version}` },
    "node_modules/other-machine": { optional: true },
  };
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), JSON.stringify({ packages }));
}

/** Stands in for npm: notes that it ran, and leaves behind what npm leaves behind. */
function writeNpm(body = ""): string {
  const program = path.join(root, "npm-cli.js");
  writeFileSync(
    program,
    `import { appendFileSync, cpSync, mkdirSync } from "node:fs";
    appendFileSync("npm-runs.txt", process.argv[2] + "\\n");
    ${body}
    await new Promise((resolve) => setTimeout(resolve, 300));
    mkdirSync("node_modules", { recursive: true });
    cpSync("package-lock.json", "node_modules/.package-lock.json");`,
  );
  return program;
}

function npmRuns(): string {
  const file = path.join(root, "npm-runs.txt");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface StartOptions {
  readonly input?: string;
  /** Sends this signal to the bootstrap (not to the script) once the script has printed something. */
  readonly signal?: NodeJS.Signals;
}

async function start(scriptText: string, scriptArguments: readonly string[] = [], options: StartOptions = {}): Promise<Outcome> {
  const script = path.join(root, "script.ts");
  writeFileSync(script, scriptText);
  const child = spawn(process.execPath, [path.join(root, "scripts/bootstrap.mjs"), script, ...scriptArguments], {
    env: { ...process.env, npm_execpath: path.join(root, "npm-cli.js") },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += String(bytes);
    if (options.signal !== undefined) child.kill(options.signal);
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += String(bytes);
  });
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout, stderr };
}

describe("bootstrap", () => {
  it("installs when node_modules is missing, with one line on stderr, then starts the script", async () => {
    writeNpm();
    const outcome = await start('console.log("started" satisfies string);');
    expect(outcome).toMatchObject({ code: 0, stdout: "started\n" });
    expect(outcome.stderr.trim().split("\n")).toHaveLength(1);
    expect(npmRuns()).toBe("ci\n");
  });

  it("does not install when node_modules is what package-lock.json says", async () => {
    writeNpm();
    writeLock("node_modules/.package-lock.json", "1.0.0");
    expect(await start("")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(npmRuns()).toBe("");
  });

  it("installs again when package-lock.json has moved on", async () => {
    writeNpm();
    writeLock("node_modules/.package-lock.json", "0.9.0");
    expect(await start("")).toMatchObject({ code: 0 });
    expect(npmRuns()).toBe("ci\n");
  });

  it("installs once when two start at the same time", async () => {
    writeNpm();
    const outcomes = await Promise.all([start('console.log("up");'), start('console.log("up");')]);
    expect(outcomes).toMatchObject([
      { code: 0, stdout: "up\n" },
      { code: 0, stdout: "up\n" },
    ]);
    expect(npmRuns()).toBe("ci\n");
  });

  it("shows npm's output and ends with 1 when the install fails", async () => {
    writeNpm('console.error("the registry is away"); process.exit(7);');
    const outcome = await start('console.log("started");');
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toContain("the registry is away");
    expect(outcome.stderr).toContain("npm ci ended with code 7");
    expect(npmRuns()).toBe("ci\n");
  });

  describe("once installed", () => {
    beforeEach(() => writeLock("node_modules/.package-lock.json", "1.0.0"));

    it("hands over arguments and stdin, and puts node_modules/.bin first on PATH", async () => {
      const script = `import { text } from "node:stream/consumers";
        console.log(JSON.stringify([process.argv.slice(2), await text(process.stdin), process.env["PATH"]?.split(${JSON.stringify(path.delimiter)})[0]]));`;
      const { stdout } = await start(script, ["serve", "--name", "two words"], { input: "a secret" });
      expect(JSON.parse(stdout)).toEqual([["serve", "--name", "two words"], "a secret", path.join(root, "node_modules/.bin")]);
    });

    it("ends with the script's exit code", async () => {
      expect(await start("process.exit(3);")).toMatchObject({ code: 3 });
    });

    it.skipIf(process.platform === "win32")(
      "ends with 128 + n when a signal ends the script (signals do not exist on Windows)",
      async () => {
        expect(await start('process.kill(process.pid, "SIGKILL");')).toMatchObject({ code: 137 });
      },
    );

    it.skipIf(process.platform === "win32").each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
      "forwards %s and waits for the script to finish (signals do not exist on Windows)",
      async (signal) => {
        const script = `process.once("${signal}", () => process.exit(4)); setInterval(() => {}, 60_000); console.log("ready");`;
        expect(await start(script, [], { signal })).toMatchObject({ code: 4, stdout: "ready\n" });
      },
    );
  });

  it.skipIf(process.platform === "win32")(
    "ends the script when npm's shell is gone (a process keeps its dead parent on Windows)",
    async () => {
      writeLock("node_modules/.package-lock.json", "1.0.0");
      const script = path.join(root, "script.ts");
      writeFileSync(
        script,
        `process.once("SIGTERM", () => { console.log("drained"); process.exit(); }); setInterval(() => {}, 60_000); console.log("ready");`,
      );
      // The second command keeps the shell from becoming the bootstrap.
      const shell = spawn("sh", ["-c", `"$@"; true`, "sh", process.execPath, path.join(root, "scripts/bootstrap.mjs"), script], {
        env: { ...process.env, npm_lifecycle_event: "start" },
        stdio: ["ignore", "pipe", "ignore"],
      });
      let stdout = "";
      shell.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (stdout === "") shell.kill("SIGTERM");
        stdout += text;
      });
      // The pipe closes when its last holder, the script, is gone.
      await new Promise((resolve) => shell.stdout.once("close", resolve));
      expect(stdout).toBe("ready\ndrained\n");
    },
  );

  it("names its usage and ends with 2 without a script", async () => {
    const child = spawn(process.execPath, [path.join(root, "scripts/bootstrap.mjs")], { stdio: "ignore" });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(2);
  });
});
