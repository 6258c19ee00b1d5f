import { defineConfig } from "vite";
import { listPackages } from "./scripts/list-packages.ts";
import { sourceQuestion } from "./scripts/source-question.ts";

/**
 * The desktop app's main process, in dist/desktop. Everything is bundled but Electron itself and the native keychain, so
 * that the package holds what is used and nothing else. What is not needed at the start is a file of its own.
 */
export default defineConfig({
  plugins: [sourceQuestion, listPackages("dist/packages-of-desktop.json")],
  ssr: { noExternal: true, external: ["electron", "keytar"] },
  build: {
    ssr: true,
    target: "node24",
    outDir: "dist/desktop",
    emptyOutDir: true,
    copyPublicDir: false,
    minify: "oxc",
    rolldownOptions: {
      input: {
        main: "electron/main.ts",
        "keychain-child": "electron/core/vault/keychain-child.ts",
        "store-worker": "electron/core/store/store-worker.ts",
      },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
