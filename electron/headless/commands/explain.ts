import { readFileSync } from "node:fs";
import type { Explanation } from "#shared/contract/explain.ts";
import { storedConfigSchema } from "#shared/schema/routing.ts";
import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, type CommandInput, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

/** `postern explain`: where a call would go, without making it. */
export const explainCommand: Command = {
  usage: "postern explain <model or alias> [--config NAME|FILE] [--provider ID] [--key NAME] [--metadata KEY=VALUE]... [--json]",
  summary: [
    "Says where a call would go, in which order, with which key and why. Nothing is sent.",
    "",
    "  --config NAME|FILE     a saved config, or a file with one",
    "  --provider ID          as the x-portkey-provider header would name it",
    "  --key NAME             the stored key that it would ask for",
    "  --metadata KEY=VALUE   what conditions look at; may be repeated",
    "  --input-tokens N       for costs and for models with a small window; --output-tokens N likewise",
  ].join("\n"),
  options: {
    ...commonOptions,
    config: { type: "string" },
    provider: { type: "string" },
    key: { type: "string" },
    metadata: { type: "string", multiple: true },
    "input-tokens": { type: "string" },
    "output-tokens": { type: "string" },
  },
  async run(input) {
    const [model, ...more] = input.words;
    const config = readConfig(textOption(input, "config"));
    if (more.length > 0 || (model === undefined && config === undefined)) throw new ExitError(2, `Usage: ${explainCommand.usage}`);
    const provider = textOption(input, "provider");
    const keyName = textOption(input, "key");
    const inputTokens = readCount(input, "input-tokens");
    const maxOutputTokens = readCount(input, "output-tokens");
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const explanation = await withAdmin(dataFolder, (call) =>
      call("explainRoute", {
        body: {
          ...(model !== undefined && { model }),
          ...(config !== undefined && { config }),
          ...(provider !== undefined && { provider }),
          ...(keyName !== undefined && { keyName }),
          metadata: readMetadata(input),
          ...((inputTokens !== null || maxOutputTokens !== null) && { needs: { inputTokens, maxOutputTokens } }),
        },
      }),
    );
    print(input, explanation, describe);
    return 0;
  },
};

function describe({ alias, decisions, targets, skipped }: Explanation): string {
  const lines = alias === null ? [] : [`Alias or config: ${alias}`];
  for (const { optionPath, mode, why } of decisions) lines.push(`${optionPath}: ${mode}${why === "" ? "" : `, ${why}`}`);
  for (const target of targets) {
    const key =
      target.key.kind === "stored" ? `key ${target.key.name ?? "default"}` : target.key.kind === "own" ? "the config's own key" : "no key";
    const facts = [
      target.dialect,
      key,
      `${target.retries} retries`,
      ...(target.requestTimeoutMs === null ? [] : [`${target.requestTimeoutMs} ms at most`]),
      ...(target.circuit === "closed" ? [] : [`circuit ${target.circuit}`]),
      ...(target.costMicroUsd === null ? [] : [`about $${Number((target.costMicroUsd / 1e6).toPrecision(3))}`]),
    ];
    lines.push(`${target.order}. ${target.provider}/${target.model ?? "(no model)"} (${target.when}): ${facts.join(", ")}`);
  }
  for (const { optionPath, provider, model, message } of skipped)
    lines.push(`-  ${provider === null ? optionPath : `${provider}/${model ?? ""}`} is passed over: ${message}`);
  return lines.join("\n");
}

/** A file where there is one of that name and it holds an object; else the name of a saved config. */
function readConfig(asked: string | undefined): string | ReturnType<typeof storedConfigSchema.parse> | undefined {
  if (asked === undefined || !/[./{]/.test(asked)) return asked;
  let text: string;
  try {
    text = asked.startsWith("{") ? asked : readFileSync(asked, "utf8");
  } catch {
    return asked;
  }
  try {
    const result = storedConfigSchema.safeParse(JSON.parse(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new ExitError(1, `Cannot use this config: ${issue?.path.join(".") || "it"} ${issue?.message ?? "is not valid"}`);
  } catch (error) {
    throw error instanceof ExitError ? error : new ExitError(1, `Cannot use this config: it is not JSON`, { cause: error });
  }
}

function readMetadata(input: CommandInput): Record<string, string> {
  const given = input.values["metadata"];
  return Object.fromEntries(
    (Array.isArray(given) ? given : []).map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(String(pair)) ?? [];
      if (name === undefined || value === undefined) throw new ExitError(2, `Cannot use --metadata ${String(pair)}: write KEY=VALUE`);
      return [name, value];
    }),
  );
}

function readCount(input: CommandInput, name: string): number | null {
  const text = textOption(input, name);
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ExitError(2, `Cannot use --${name} ${text.slice(0, 20)}: it must be a whole number`);
}
