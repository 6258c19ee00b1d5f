/**
 * Who may import whom, as data. Everything that is not listed is an error.
 *
 * @typedef {object} Room
 * @property {readonly string[]} folders rooms that it may import beside itself; "x (types)" only by `import type`
 * @property {readonly string[]} packages bare specifiers; a trailing `*` stands for the rest, a leading `!` forbids
 */

/** What every room of core may use: the host's port, and the one file that knows the logger. */
const everywhereInCore = ["electron/core/platform.ts", "electron/core/debug.ts"];

/** @type {Readonly<Record<string, Room>>} A key is a folder, or one file. The longest match wins. */
export const rooms = {
  shared: { folders: [], packages: ["zod"] },
  // The version stands in one place, and ships with the program.
  "shared/version.ts": { folders: ["package.json"], packages: [] },
  "package.json": { folders: [], packages: [] },

  "electron/core/wire": { folders: [], packages: ["node:*", "@smithy/eventstream-codec"] },
  "electron/core/dialects": { folders: ["electron/core/wire (types)", "shared"], packages: [] },
  "electron/core/tokens": { folders: ["electron/core/dialects (types)", "shared"], packages: ["gpt-tokenizer/*"] },
  "electron/core/routing": { folders: ["shared", ...everywhereInCore], packages: [] },
  "electron/core/upstream": {
    folders: ["electron/core/wire", "shared", ...everywhereInCore],
    packages: [
      "node:*",
      "undici",
      "undici/lib/*",
      "@smithy/signature-v4",
      "@aws-sdk/credential-provider-ini",
      "@aws-sdk/credential-provider-node",
      "google-auth-library",
    ],
  },
  "electron/core/endpoints": { folders: ["electron/core/dialects", "shared", ...everywhereInCore], packages: [] },
  "electron/core/store": { folders: ["shared", ...everywhereInCore], packages: ["node:*"] },
  "electron/core/config": { folders: ["electron/core/store", "shared", ...everywhereInCore], packages: ["node:*", "jsonc-parser", "zod"] },
  "electron/core/vault": { folders: ["electron/core/store", "shared", ...everywhereInCore], packages: ["node:*", "keytar", "zod"] },
  "electron/core/access": { folders: ["electron/core/store", "shared", ...everywhereInCore], packages: ["node:*", "zod"] },
  "electron/core/catalog": {
    folders: ["electron/core/config", "electron/core/store", "electron/core/upstream", "shared", ...everywhereInCore],
    packages: ["node:*", "zod", "@pydantic/genai-prices"],
  },
  "electron/core/connect": {
    folders: ["electron/core/config", "electron/core/store", "shared", ...everywhereInCore],
    packages: ["node:*", "zod", "jsonc-parser", "smol-toml", "yaml", "diff"],
  },
  "electron/core/usage": { folders: ["electron/core/store", "shared", ...everywhereInCore], packages: ["node:*", "zod"] },
  "electron/core/chats": { folders: ["electron/core/store", "shared", ...everywhereInCore], packages: ["node:*", "zod"] },
  "electron/core/telemetry": {
    folders: ["electron/core/usage (types)", "shared", ...everywhereInCore],
    packages: ["node:*", "pino", "@opentelemetry/*"],
  },
  "electron/core/gateway": {
    folders: [
      "electron/core/telemetry (types)",
      "electron/core/endpoints",
      "electron/core/dialects",
      "electron/core/routing",
      "electron/core/tokens",
      "electron/core/upstream",
      "electron/core/wire",
      "electron/core/vault",
      "electron/core/access",
      "electron/core/catalog",
      "electron/core/config",
      "electron/core/usage",
      "shared",
      ...everywhereInCore,
    ],
    // Of undici only its types: see no-raw-fetch.
    packages: ["node:*", "undici"],
  },
  "electron/core/admin": {
    folders: [
      "electron/core/store",
      "electron/core/vault",
      "electron/core/access",
      "electron/core/catalog",
      "electron/core/chats",
      "electron/core/config",
      "electron/core/connect",
      "electron/core/usage",
      "electron/core/upstream",
      "electron/core/routing",
      "shared",
      ...everywhereInCore,
    ],
    packages: ["node:*", "zod"],
  },
  "electron/core/platform.ts": { folders: [], packages: [] },
  "electron/core/debug.ts": { folders: [], packages: ["debug"] },
  "electron/core/postern.ts": { folders: ["electron/core", "shared"], packages: ["node:*"] },

  // What both hosts need: where the data folder is, the owner's socket, who holds a port.
  "electron/host": { folders: ["electron/core/platform.ts", "shared"], packages: ["node:*"] },
  "electron/headless": {
    folders: ["electron/core/postern.ts", "electron/core/platform.ts", "electron/host", "shared"],
    packages: ["node:*", "read"],
  },
  "electron/desktop": {
    folders: ["electron/core/postern.ts", "electron/core/platform.ts", "electron/host", "shared"],
    packages: ["node:*", "electron", "electron/*", "electron-updater", "zod"],
  },
  "electron/main.ts": {
    folders: ["electron/desktop", "electron/headless", "electron/host", "shared"],
    packages: ["node:*", "electron", "electron/*"],
  },
  "electron/preload.ts": { folders: ["shared"], packages: ["electron", "electron/*"] },
  renderer: { folders: ["shared"], packages: ["*", "!node:*", "!electron", "!electron/*", "!undici", "!keytar"] },
};

/** Folders whose files may import anything: nothing that ships imports them. */
export const freeFolders = ["test", "scripts"];

const roomNames = Object.keys(rooms).sort((one, other) => other.length - one.length);

/**
 * The room of a file.
 *
 * @param {string} file relative to the repository, with `/`
 * @returns {string | undefined} a key of {@link rooms}; undefined where no room holds it
 */
export function roomOf(file) {
  return roomNames.find((name) => isInside(file, name));
}

/**
 * Whether a file may import anything: a test (wherever it stands), a script, or a tool's config at the top.
 *
 * @param {string} file relative to the repository, with `/`
 */
export function isFree(file) {
  return (
    /\.test\.tsx?$/.test(file) || (!file.includes("/") && file !== "package.json") || freeFolders.some((folder) => isInside(file, folder))
  );
}

/**
 * Whether `file` is `folder` itself or something in it.
 *
 * @param {string} file
 * @param {string} folder
 */
export function isInside(file, folder) {
  return file === folder || file.startsWith(`${folder}/`);
}
