// node scripts/bootstrap.mjs <script.ts> [args]
//
// The door of every npm script: installs what is missing, finds a Node that runs Postern, and starts the script on it.
// It must itself run on any Node from 18 on, before anything is installed: plain JavaScript, no dependency.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, openSync, readFileSync, rmSync, statSync, writeSync, closeSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** node:sqlite as a release candidate, and zstd in node:zlib. */
const oldestNode = [24, 15];
const lockWaitMs = 15 * 60_000;
const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const modules = path.join(repository, "node_modules");

const words = process.argv.slice(2);
const firstWord = words.findIndex((word) => !word.startsWith("--"));
/** Flags before the script's name are Node's own. */
const nodeFlags = firstWord === -1 ? words : words.slice(0, firstWord);
const [script, ...scriptArguments] = words.slice(nodeFlags.length);
if (script === undefined) fail("Cannot start: no script is named; write node scripts/bootstrap.mjs <script.ts> [args]", 2);

if (!isInstalled()) await installOnce();
run(findNode());

/**
 * Compares what npm says it installed (node_modules/.package-lock.json, written at the end of every install) with
 * package-lock.json. Optional packages may be missing: most of them are for other machines.
 */
function isInstalled() {
  const wanted = readLock(path.join(repository, "package-lock.json"));
  const found = readLock(path.join(modules, ".package-lock.json"));
  if (wanted === undefined) return existsSync(modules);
  if (found === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    const installed = found[name];
    if (name === "" || entry.link === true) return true;
    if (installed === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return installed.version === entry.version && installed.integrity === entry.integrity;
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Installs, or waits for the other process that does: two terminals may start at the same time. */
async function installOnce() {
  const release = await takeInstallLock();
  try {
    if (!isInstalled()) await install();
  } finally {
    release();
  }
}

/** The lock is outside the repository: `npm ci` removes node_modules, and nothing else here is ours to write to. */
async function takeInstallLock() {
  const repositoryHash = createHash("sha256").update(repository).digest("hex").slice(0, 16);
  const lock = path.join(tmpdir(), `postern-install-${process.getuid?.() ?? "user"}-${repositoryHash}.lock`);
  const giveUpAtMs = Date.now() + lockWaitMs;
  for (let turn = 0; Date.now() < giveUpAtMs; turn += 1) {
    try {
      const descriptor = openSync(lock, "wx", 0o600);
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      process.once("exit", () => rmSync(lock, { force: true }));
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    else {
      if (turn === 0) console.error("Waiting for the other install of this folder ...");
      await wait(200);
    }
  }
  return fail(`Cannot install: another install is still running after ${lockWaitMs / 60_000} minutes; if there is none, delete ${lock}`, 1);
}

function isAbandoned(lock) {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // Empty for the instant between its creation and the write of its holder.
    if (!Number.isInteger(holder) || holder <= 0) return Date.now() - statSync(lock).mtimeMs > 5000;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

async function install() {
  console.error("Installing what Postern needs (npm ci; this happens once and may take a minute) ...");
  const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
  const npm = findNpm();
  const child = npm === undefined ? spawn("npm", options, npmOptions(true)) : spawn(process.execPath, [npm, ...options], npmOptions(false));
  const output = [];
  child.stdout.on("data", (bytes) => output.push(bytes));
  child.stderr.on("data", (bytes) => output.push(bytes));
  const stopForwarding = forwardSignals(child);
  const outcome = await new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: 1, error }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  stopForwarding();
  if (outcome.code === 0) return;
  process.stderr.write(Buffer.concat(output));
  if (outcome.signal) process.exit(128 + constants.signals[outcome.signal]);
  const reason = outcome.error === undefined ? `npm ci ended with code ${outcome.code}` : outcome.error.message;
  fail(`Cannot install what Postern needs: ${reason}; its output is above`, 1);
}

/** npm's own script where it can be found: on Windows, npm.cmd would need a shell. */
function findNpm() {
  const nodeFolder = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    path.join(nodeFolder, "node_modules/npm/bin/npm-cli.js"),
    path.join(nodeFolder, "../lib/node_modules/npm/bin/npm-cli.js"),
  ];
  // npm_execpath names yarn or pnpm where one of them started this.
  return candidates.find((file) => file !== undefined && path.basename(file) === "npm-cli.js" && existsSync(file));
}

function npmOptions(needsShell) {
  // stdin belongs to the script that is started afterwards.
  return { cwd: repository, stdio: ["ignore", "pipe", "pipe"], windowsHide: true, shell: needsShell && process.platform === "win32" };
}

function findNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return process.execPath;

  const system = process.platform === "win32" ? "win" : process.platform;
  const packageName = `node-${system}-${process.arch}`;
  const program = path.join(modules, packageName, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(program)) return program;

  const wanted = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")).optionalDependencies ?? {};
  const state = `it needs Node ${oldestNode.join(".")} or newer, and this is Node ${process.versions.node}`;
  if (packageName in wanted) fail(`Cannot start Postern: ${state}; "npm ci --include=optional" brings a fitting one (${packageName})`, 1);
  return fail(
    `Cannot start Postern: ${state}; npm has no Node 24 for ${process.platform}-${process.arch}, so install it from https://nodejs.org and try again`,
    1,
  );
}

function run(node) {
  const child = spawn(node, [...nodeFlags, script, ...scriptArguments], { stdio: "inherit", env: environmentFor(node) });
  forwardSignals(child);
  endWithNpm(child);
  child.once("error", (error) => fail(`Cannot start ${node}: ${error.message}; install Node 24 from https://nodejs.org and try again`, 1));
  child.once("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
}

/** What the script starts by name comes from node_modules, and `node` is the one that it runs on itself. */
function environmentFor(node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const folders = [path.join(modules, ".bin"), path.dirname(node), ...(process.env[name] ?? "").split(path.delimiter)];
  return { ...process.env, [name]: [...new Set(folders)].filter((folder) => folder !== "").join(path.delimiter) };
}

function forwardSignals(child) {
  // At a terminal, Ctrl-C reaches the whole process group. Forwarding it would make it two, and two mean "now".
  const isAtTerminal = process.platform === "win32" || process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const forward = (signal) => {
    if (signal !== "SIGINT" || !isAtTerminal) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  return () => signals.forEach((signal) => process.off(signal, forward));
}

/**
 * npm passes SIGTERM to the shell that it put between, and that shell dies without passing it on: who ends `npm start`
 * would leave Postern running, with its port. A new parent is all that shows it here (npm 11, dash; Windows keeps the old one).
 */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 250);
  watch.unref();
}

function fail(message, code) {
  console.error(message);
  process.exit(code);
}
