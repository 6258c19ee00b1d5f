import { defineConfig } from "vite";
import { sourceQuestion } from "./scripts/source-question.ts";

/**
 * The headless program as plain JavaScript, since Node strips no types under node_modules.
 * Everything lands flat in dist/: a file that looks for its neighbour (`./store-worker.js`) finds it beside itself.
 */
export default defineConfig({
  plugins: [sourceQuestion],
  build: {
    ssr: true,
    target: "node24",
    outDir: "dist",
    emptyOutDir: true,
    copyPublicDir: false,
    // Stack traces in bug reports should read like the source.
    minify: false,
    rolldownOptions: {
      input: {
        main: "electron/headless/main.mjs",
        "keychain-child": "electron/core/vault/keychain-child.ts",
        "store-worker": "electron/core/store/store-worker.ts",
      },
      output: { format: "es", entryFileNames: "[name].js", chunkFileNames: "shared-[hash].js" },
    },
  },
});
