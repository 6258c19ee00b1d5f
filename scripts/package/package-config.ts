import type { Configuration } from "electron-builder";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a package is built with, and what was left out and why. */
export interface PackagePlan {
  readonly config: Configuration;
  /** Lines for whoever builds: what is not signed, where updates would come from. */
  readonly notes: readonly string[];
}

/** Where the packages are written. */
export const packagesFolder = "dist/packages";

/** The keychain's binaries that a package of this system and processor needs; its other twelve stay out. */
const keychainFiles = ["node_modules/keytar/package.json", "node_modules/keytar/LICENSE.md", "node_modules/keytar/lib/**"];

/**
 * What electron-builder is told. Certificates and the place of updates come from the environment: without them the
 * packages are built unsigned, and do not update themselves.
 *
 * @throws {Error} where updates would come over http
 */
export function planPackage(environment: Environment): PackagePlan {
  const notes: string[] = [];
  const signsMac = has(environment, "CSC_LINK") || has(environment, "CSC_NAME");
  const notarises =
    signsMac &&
    (hasAll(environment, "APPLE_API_KEY APPLE_API_KEY_ID APPLE_API_ISSUER") ||
      hasAll(environment, "APPLE_ID APPLE_APP_SPECIFIC_PASSWORD APPLE_TEAM_ID"));
  const azure = azureSigning(environment);
  const signsWindows = azure !== null || has(environment, "WIN_CSC_LINK") || has(environment, "CSC_LINK");
  if (!signsMac)
    notes.push(
      "macOS: not signed, for there is no certificate (CSC_LINK); the app runs where it is allowed by hand, and does not update itself",
    );
  else if (!notarises)
    notes.push("macOS: not notarised, for there are no credentials of Apple's (APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER)");
  if (!signsWindows)
    notes.push(
      "Windows: not signed, for there is no certificate (WIN_CSC_LINK, or AZURE_TENANT_ID with POSTERN_AZURE_ENDPOINT); SmartScreen will warn",
    );
  const homepage = findHomepage(environment);
  if (homepage === unknownHomepage)
    notes.push("Linux: the packages name no homepage, for none is known (GITHUB_REPOSITORY or POSTERN_HOMEPAGE)");
  const publish = updatePlace(environment);
  if (publish === null)
    notes.push("Updates: none, for it is not known where they would come from (GITHUB_REPOSITORY or POSTERN_UPDATE_URL)");

  const config: Configuration = {
    appId: "dev.postern.Postern",
    productName: "Postern",
    copyright: "MIT License",
    directories: { output: packagesFolder, buildResources: "assets/icons" },
    // The bundle has everything in it but the native keychain.
    files: [
      "package.json",
      "LICENSE",
      "assets/**",
      "!assets/icons/app.icns",
      "!assets/icons/app.ico",
      "!assets/**/*.svg",
      "dist/desktop/**",
      "dist/window/**",
      "!dist/window/.built-from",
      "!node_modules/**",
      ...keychainFiles,
      "node_modules/keytar/prebuilds/${platform}-${arch}/**",
    ],
    asar: true,
    asarUnpack: ["node_modules/keytar/**"],
    // Everything native that is in it came built.
    npmRebuild: false,
    nodeGypRebuild: false,
    extraMetadata: { main: "dist/desktop/main.js", desktopName: "dev.postern.Postern.desktop", homepage },
    removePackageScripts: true,
    removePackageKeywords: true,
    electronLanguages: ["en-US", "en"],
    electronFuses: {
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: !signsMac,
    },
    protocols: [{ name: "Postern", schemes: ["postern"] }],
    publish,
    artifactName: "Postern-${version}-${os}-${arch}.${ext}",
    mac: {
      target: [
        { target: "dmg", arch: ["arm64", "x64"] },
        { target: "zip", arch: ["arm64", "x64"] },
      ],
      category: "public.app-category.developer-tools",
      icon: "assets/icons/app.icns",
      ...(signsMac ? {} : { identity: "-" }),
      notarize: notarises,
      // Without a team of its own, the app could not load its own keychain library under the hardened runtime.
      hardenedRuntime: signsMac,
      gatekeeperAssess: false,
      entitlements: "scripts/package/entitlements.plist",
      entitlementsInherit: "scripts/package/entitlements.plist",
    },
    win: {
      target: [{ target: "nsis", arch: ["x64", "arm64"] }],
      icon: "assets/icons/app.ico",
      requestedExecutionLevel: "asInvoker",
      verifyUpdateCodeSignature: signsWindows,
      ...azure,
    },
    nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false, createDesktopShortcut: false },
    linux: {
      target: [
        { target: "AppImage", arch: ["x64", "arm64"] },
        { target: "deb", arch: ["x64", "arm64"] },
        { target: "rpm", arch: ["x64", "arm64"] },
      ],
      executableName: "postern",
      category: "Development",
      icon: "assets/icons/app",
      maintainer: environment["POSTERN_MAINTAINER"] ?? "Postern <postern@localhost>",
      vendor: "Postern",
      synopsis: "A private gate to every model",
      mimeTypes: ["x-scheme-handler/postern"],
      syncDesktopName: true,
      desktop: {
        entry: { StartupNotify: "true", Actions: "Quit;" },
        desktopActions: { Quit: { Name: "Quit Postern", Exec: "postern --quit" } },
      },
    },
    deb: {
      depends: ["libgtk-3-0", "libnotify4", "libnss3", "libxss1", "libxtst6", "xdg-utils", "libatspi2.0-0", "libuuid1"],
      recommends: ["libsecret-1-0", "libappindicator3-1"],
    },
  };
  return { config, notes };
}

/** Where installed copies ask for updates: a release of the repository that builds, or a place of one's own. */
function updatePlace(environment: Environment): NonNullable<Configuration["publish"]> | null {
  const url = environment["POSTERN_UPDATE_URL"];
  if (url !== undefined && url !== "") {
    if (URL.parse(url)?.protocol !== "https:") throw new Error("Cannot take POSTERN_UPDATE_URL: updates come over https alone");
    return [{ provider: "generic", url, channel: "latest" }];
  }
  const [owner, repo] = environment["GITHUB_REPOSITORY"]?.split("/") ?? [];
  return owner === undefined || repo === undefined ? null : [{ provider: "github", owner, repo, protocol: "https", releaseType: "draft" }];
}

/** deb and rpm are not built without one. */
const unknownHomepage = "https://localhost/postern";

function findHomepage(environment: Environment): string {
  if (has(environment, "POSTERN_HOMEPAGE")) return environment["POSTERN_HOMEPAGE"] ?? "";
  return has(environment, "GITHUB_REPOSITORY") ? `https://github.com/${environment["GITHUB_REPOSITORY"]}` : unknownHomepage;
}

function azureSigning(environment: Environment): Pick<NonNullable<Configuration["win"]>, "azureSignOptions"> | null {
  if (
    !hasAll(
      environment,
      "AZURE_TENANT_ID AZURE_CLIENT_ID POSTERN_AZURE_ENDPOINT POSTERN_AZURE_ACCOUNT POSTERN_AZURE_PROFILE POSTERN_PUBLISHER",
    )
  )
    return null;
  return {
    azureSignOptions: {
      endpoint: environment["POSTERN_AZURE_ENDPOINT"] ?? "",
      codeSigningAccountName: environment["POSTERN_AZURE_ACCOUNT"] ?? "",
      certificateProfileName: environment["POSTERN_AZURE_PROFILE"] ?? "",
      publisherName: environment["POSTERN_PUBLISHER"] ?? "",
    },
  };
}

function has(environment: Environment, name: string): boolean {
  return environment[name] !== undefined && environment[name] !== "";
}

function hasAll(environment: Environment, names: string): boolean {
  return names.split(" ").every((name) => has(environment, name));
}
