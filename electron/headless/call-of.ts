import process from "node:process";

/**
 * How a person calls a command where this runs: `ui` is `postern ui`, and `npm run postern -- ui` in a clone, which has no `postern`
 * on its PATH. npm names the script that it runs.
 */
export function callOf(command: string): string {
  return `${process.env["npm_lifecycle_event"] === undefined ? "postern" : "npm run postern --"} ${command}`;
}
