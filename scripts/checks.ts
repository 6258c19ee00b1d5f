import { runTool, toolScript } from "./run-tool.ts";

/** A check of the source as it stands, without running it. */
export interface Check {
  readonly name: string;
  readonly packageName: string;
  readonly toolName?: string;
  readonly toolArguments: readonly string[];
}

/** How a check ended. */
export interface CheckOutcome {
  readonly name: string;
  readonly hasPassed: boolean;
  /** What the tool printed; of interest only after a failure. */
  readonly output: string;
}

/** Every check, with the slowest first: they share the machine's cores. */
export const checks = [
  { name: "types", packageName: "typescript", toolName: "tsc", toolArguments: ["-b"] },
  { name: "lint", packageName: "oxlint", toolArguments: ["--type-aware", "--deny-warnings"] },
  { name: "dead code", packageName: "knip", toolArguments: ["--no-progress", "--no-config-hints"] },
  { name: "format", packageName: "oxfmt", toolArguments: ["--check"] },
] as const satisfies readonly Check[];

/** Runs all checks at the same time. */
export async function runChecks(): Promise<CheckOutcome[]> {
  return await Promise.all(checks.map(runCheck));
}

/** Mends what the tools can mend by themselves: lint findings first, since that changes the layout. */
export async function fixSource(): Promise<void> {
  await runTool(toolScript("oxlint"), ["--type-aware", "--fix"]);
  // Twice: oxfmt 0.75 breaks and rejoins some call chains in two steps (`z.boolean().default(true).meta({ ... })`).
  await runTool(toolScript("oxfmt"), []);
  await runTool(toolScript("oxfmt"), []);
}

async function runCheck({ name, packageName, toolArguments, ...check }: Check): Promise<CheckOutcome> {
  const { code, output } = await runTool(toolScript(packageName, check.toolName), toolArguments);
  return { name, hasPassed: code === 0, output };
}
