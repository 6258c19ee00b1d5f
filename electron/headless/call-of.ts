import process from "node:process";

/**
 * How a person calls a command where this runs: `ui` is `postern ui`, and `npm run postern -- ui` in a clone, which has no `postern`
 * on its PATH. npm names the script that it runs.
 *
 * @param dataFolder the folder that was named, where one was: the command is for the Postern that runs on it
 */
export function callOf(command: string, dataFolder?: string): string {
  const program = process.env["npm_lifecycle_event"] === undefined ? "postern" : "npm run postern --";
  if (dataFolder === undefined) return `${program} ${command}`;
  return `${program} ${command} --data-dir ${/^[\w./~:\\-]+$/.test(dataFolder) ? dataFolder : JSON.stringify(dataFolder)}`;
}
