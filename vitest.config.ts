import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // More than there are processors: tests wait for sockets and pages, and three at a time left 40 % of two processors idle.
    maxWorkers: availableParallelism() + 2,
    // What is waited for comes when it comes: a busy machine makes no test fail.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Some draw hundreds of examples: seconds on a machine that is busy.
          testTimeout: 30_000,
          include: ["{shared,electron,scripts}/**/*.test.ts", "test/{unit,lint,fakes,matrix}/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "**/.types/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "wire",
          include: ["test/{wire,clients}/**/*.test.ts"],
          // Sockets, child processes and native modules: a process each, so that one that hangs or dies takes no other with it.
          pool: "forks",
          testTimeout: 30_000,
          hookTimeout: 30_000,
          globalSetup: "test/window/build.ts",
        },
      },
      {
        extends: true,
        // In place of Electron stands something that throws on whatever it does not know.
        resolve: { alias: { electron: `${import.meta.dirname}/test/desktop/electron/index.ts` } },
        test: {
          name: "desktop",
          include: ["test/desktop/**/*.test.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: "test/desktop/build.ts",
        },
      },
      {
        extends: true,
        test: {
          name: "window",
          include: ["test/window/**/*.test.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: "test/window/build.ts",
        },
      },
    ],
  },
});
