import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { defaultKeyName, type KeyInfo } from "#shared/contract/keys.ts";
import { type AdminClient, withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { readSecret } from "../read-secret.ts";
import { type Command, type CommandInput, commonOptions, textOption } from "./command.ts";

/** `postern keys`: the providers' keys, in the keychain. */
export const keysCommand: Command = {
  usage: "postern keys add <provider> [--name NAME] | list | test <provider> | bind <provider> | remove <provider> | import [FILE]",
  summary: [
    "Stores providers' keys in the keychain, lists, tests, binds and removes them.",
    "",
    "  add <provider>      asks for the key, or reads it from standard input; never from the arguments",
    "  list                shows what is stored: provider, name, last four characters, where it may go",
    "  test <provider>     asks the provider for its model list with the key",
    "  bind <provider>     lets the key go to where the provider's address points now",
    "  remove <provider>   deletes the key",
    "  import [FILE]       stores the keys that are in this shell's environment, or in FILE (.env format)",
    "",
    "  --name NAME         one of several keys of a provider; without it: default",
    "  --replace           import: take the new key where one of that name is stored",
    "  --json              prints JSON",
  ].join("\n"),
  options: { ...commonOptions, name: { type: "string" }, replace: { type: "boolean" } },
  async run(input) {
    const [action, provider] = input.words;
    const name = textOption(input, "name") ?? defaultKeyName;
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    if (action === "list") return withAdmin(dataFolder, (call) => list(call, input));
    if (action === "import") return importKeys(dataFolder, input);
    if (action === undefined || !["add", "test", "bind", "remove"].includes(action) || provider === undefined || input.words.length > 2) {
      throw new ExitError(2, `Usage: ${keysCommand.usage}`);
    }
    const parameters = { provider, name };
    if (action === "add") {
      const secret = await readSecret(`Key for ${provider}: `);
      return withAdmin(dataFolder, async (call) =>
        print(input, await call("addKey", { parameters, body: { secret } }), (key) => `Stored ${describe(key)}`),
      );
    }
    return withAdmin(dataFolder, async (call) => {
      if (action === "bind")
        return print(
          input,
          await call("bindKey", { parameters }),
          ({ origins }) => `The key "${name}" of ${provider} may now go to ${origins.join(", ")}`,
        );
      if (action === "remove") {
        const { removed } = await call("removeKey", { parameters });
        print(input, { removed }, () =>
          removed
            ? `Removed the key "${name}" of ${provider}`
            : `Cannot remove the key "${name}" of ${provider}: there is none of this name`,
        );
        return removed ? 0 : 1;
      }
      const result = await call("testKey", { parameters });
      print(input, result, ({ words }) => words);
      return result.works ? 0 : 1;
    });
  },
};

async function list(call: AdminClient, input: CommandInput): Promise<number> {
  const { keys } = await call("listKeys", {});
  return print(input, keys, () =>
    keys.length === 0 ? 'No keys yet. Add one with "postern keys add openai".' : keys.map(describe).join("\n"),
  );
}

async function importKeys(dataFolder: string, input: CommandInput): Promise<number> {
  const file = input.words[1];
  const variables = Object.fromEntries(
    Object.entries(file === undefined ? process.env : readVariables(file)).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  return withAdmin(dataFolder, async (call) => {
    const { keys, skipped } = await call("importKeys", {
      body: { name: textOption(input, "name") ?? defaultKeyName, replace: input.values["replace"] === true, variables },
    });
    if (keys.length + skipped.length === 0)
      throw new ExitError(1, `Cannot import anything: no provider's key is in ${file ?? "this shell's environment"}`);
    const lines = [...keys.map((key) => `Stored ${describe(key)}`), ...skipped.map(({ provider, why }) => `Left out ${provider}: ${why}`)];
    if (file !== undefined && keys.length > 0) lines.push(`The keys are still in ${file}; take them out of it.`);
    return print(input, { keys, skipped }, () => lines.join("\n"));
  });
}

function readVariables(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ExitError(1, `Cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? "it is no list of variables"}`, {
      cause: error,
    });
  }
}

function describe(key: KeyInfo): string {
  return `${key.provider} "${key.name}" ...${key.lastFour} (${key.source}), for ${key.origins.join(", ")}`;
}

function print<Value>(input: CommandInput, value: Value, words: (value: Value) => string): number {
  process.stdout.write(`${input.values["json"] === true ? JSON.stringify(value, null, 2) : words(value)}\n`);
  return 0;
}
