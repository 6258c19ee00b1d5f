import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { listPackage } from "@electron/asar";
import { build, type Configuration } from "electron-builder";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesAtStart } from "../../scripts/build-desktop.ts";
import { findWrongFuses } from "../../scripts/package/check-fuses.ts";
import { planPackage } from "../../scripts/package/package-config.ts";
import { writeSbom } from "../../scripts/package/write-sbom.ts";

const repository = path.resolve(import.meta.dirname, "../..");
const certificates = {
  CSC_LINK: "file.p12",
  APPLE_API_KEY: "key.p8",
  APPLE_API_KEY_ID: "K",
  APPLE_API_ISSUER: "I",
  GITHUB_REPOSITORY: "somebody/postern",
};

describe("what electron-builder is told", () => {
  test.each([
    ["without certificates", {}],
    ["with certificates", certificates],
    [
      "with Azure's signing and a place of one's own",
      {
        AZURE_TENANT_ID: "t",
        AZURE_CLIENT_ID: "c",
        POSTERN_AZURE_ENDPOINT: "https://weu.codesigning.azure.net",
        POSTERN_AZURE_ACCOUNT: "a",
        POSTERN_AZURE_PROFILE: "p",
        POSTERN_PUBLISHER: "P",
        POSTERN_UPDATE_URL: "https://updates.example.com/postern",
      },
    ],
  ])("fits its own schema, %s", async (_name, environment) => {
    const { validateConfiguration } = createRequire(import.meta.url)("app-builder-lib/out/util/config/config.js") as {
      readonly validateConfiguration: (config: Configuration, logger: { isEnabled: boolean; add(): void }) => Promise<void>;
    };
    await expect(
      validateConfiguration(planPackage(environment).config, { isEnabled: false, add: () => undefined }),
    ).resolves.toBeUndefined();
  });

  test("says what is not signed, and signs where it can", () => {
    const bare = planPackage({});
    expect(bare.notes.map((note) => note.split(":")[0])).toEqual(["macOS", "Windows", "Linux", "Updates"]);
    expect([bare.config.mac?.identity, bare.config.mac?.hardenedRuntime, bare.config.publish]).toEqual(["-", false, null]);
    const signed = planPackage(certificates);
    expect(signed.notes).toEqual([]);
    expect([signed.config.mac?.identity, signed.config.mac?.hardenedRuntime, signed.config.mac?.notarize]).toEqual([undefined, true, true]);
    expect(signed.config.publish).toEqual([
      { provider: "github", owner: "somebody", repo: "postern", protocol: "https", releaseType: "draft" },
    ]);
  });

  test("takes no updates over http", () => {
    expect(() => planPackage({ POSTERN_UPDATE_URL: "http://updates.example.com" })).toThrow("over https alone");
  });

  test("turns every fuse to its safe side, for every system and processor", () => {
    const { config } = planPackage({});
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    const targets = [config.mac, config.win, config.linux].flatMap((system) => system?.target ?? []) as {
      target: string;
      arch: string[];
    }[];
    expect(targets.map(({ target, arch }) => `${target} ${[...arch].sort().join(" ")}`)).toEqual([
      "dmg arm64 x64",
      "zip arm64 x64",
      "nsis arm64 x64",
      "AppImage arm64 x64",
      "deb arm64 x64",
      "rpm arm64 x64",
    ]);
  });
});

describe.skipIf(process.platform !== "linux")("the packed app (its file list needs Linux, and no Electron)", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-package-"));
  const program = path.join(folder, "packages/linux-unpacked/postern");
  const resources = path.join(path.dirname(program), "resources");

  beforeAll(async () => {
    // As much of Electron as the builder touches: a program with the fuses' marker, and languages to choose from.
    const electron = path.join(folder, "electron");
    mkdirSync(path.join(electron, "locales"), { recursive: true });
    mkdirSync(path.join(electron, "resources"));
    writeFileSync(path.join(electron, "electron"), Buffer.from("dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\x01\x09111111111", "latin1"));
    chmodSync(path.join(electron, "electron"), 0o755);
    for (const name of ["version", "LICENSE", "locales/en-US.pak", "locales/de.pak"]) writeFileSync(path.join(electron, name), "45.4.1\n");
    const { config } = planPackage({});
    await build({
      projectDir: repository,
      config: {
        ...config,
        electronDist: electron,
        electronVersion: "45.4.1",
        directories: { ...config.directories, output: path.join(folder, "packages") },
      },
      publish: "never",
      dir: true,
      linux: [],
      x64: true,
    });
  }, 180_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("holds the bundle, the window and assets; of node_modules only this system's keychain, beside the archive", () => {
    const files = listPackage(path.join(resources, "app.asar"), { isPack: false });
    const others = files.filter((file) => !/^\/(dist\/(desktop|window)|assets)(\/|$)/.test(file));
    expect(others.sort()).toEqual([
      "/LICENSE",
      "/dist",
      "/node_modules",
      "/node_modules/keytar",
      "/node_modules/keytar/LICENSE.md",
      "/node_modules/keytar/lib",
      "/node_modules/keytar/lib/keytar.js",
      "/node_modules/keytar/package.json",
      "/node_modules/keytar/prebuilds",
      "/node_modules/keytar/prebuilds/linux-x64",
      "/node_modules/keytar/prebuilds/linux-x64/keytar.node",
      "/package.json",
    ]);
    for (const needed of ["main.js", "preload.cjs", "store-worker.js", "keychain-child.js"])
      expect(files).toContain(`/dist/desktop/${needed}`);
    expect(files).toContain("/dist/window/index.html");
    expect(files.filter((file) => /\.(ts|map|svg|test\.js)$/.test(file) && !file.startsWith("/dist/window/"))).toEqual([]);
    const unpacked = path.join(resources, "app.asar.unpacked/node_modules/keytar/prebuilds/linux-x64/keytar.node");
    expect(readFileSync(unpacked).length).toBeGreaterThan(10_000);
  });

  test("has its fuses flipped in the program itself", async () => {
    expect(await findWrongFuses(program)).toEqual([]);
  });

  test("loads under a megabyte at its start, and carries the list of its parts", () => {
    expect(bytesAtStart()).toBeLessThan(1_000_000);
    const file = path.join(folder, "sbom.json");
    writeSbom(
      file,
      ["desktop", "window"].map((name) => path.join(repository, `dist/packages-of-${name}.json`)),
    );
    const { components } = JSON.parse(readFileSync(file, "utf8")) as { components: { name: string; purl: string }[] };
    const names = components.map(({ name }) => name);
    for (const part of ["electron", "@github/keytar", "undici", "zod", "react", "electron-updater"]) expect(names).toContain(part);
    for (const tool of ["vitest", "vite", "typescript", "electron-builder"]) expect(names).not.toContain(tool);
  });
});
