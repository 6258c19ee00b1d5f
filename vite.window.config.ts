import path from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { listPackages } from "./scripts/list-packages.ts";

/** The window, in dist/window: one build for browsers and for the desktop app. */
export default defineConfig({
  root: "renderer",
  plugins: [react(), tailwindcss(), listPackages("dist/packages-of-window.json")],
  resolve: {
    alias: {
      // Its variant for browsers has the browser read "&amp;" by innerHTML, which the content security policy forbids.
      "decode-named-character-reference": path.resolve(import.meta.dirname, "node_modules/decode-named-character-reference/index.js"),
    },
  },
  build: {
    outDir: "../dist/window",
    emptyOutDir: true,
    // The content security policy has no data: for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  worker: { format: "es" },
});
