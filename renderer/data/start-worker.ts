interface ScriptUrls {
  createScriptURL(url: string): unknown;
}

/** The content security policy lets a script's address pass only through a policy: ours lets this origin's own files pass. */
const ownScripts = (
  globalThis as { trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrls } }
).trustedTypes?.createPolicy("postern-own-scripts", {
  createScriptURL(url) {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError(`Cannot run ${url}: it is not the window's own`);
    return url;
  },
});

/**
 * Starts a worker: `import url from "./highlight.worker.ts?worker&url"`, then `startWorker(url)`.
 *
 * @throws {TypeError} for a file of another origin
 */
export function startWorker(url: string): Worker {
  return new Worker((ownScripts?.createScriptURL(url) ?? url) as string, { type: "module" });
}
