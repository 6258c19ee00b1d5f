import type { ModelPage, ModelSummary } from "#shared/schema/model.ts";
import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

const mostShown = 100;

/** `postern models`: the catalog. */
export const modelsCommand: Command = {
  usage: "postern models [words...] [--all] [--json]",
  summary: [
    "Lists models with their context length and price: those that a call could reach now, or with --all every one that is known.",
    "",
    "Words must all stand in a model's names. The price is for a million tokens in and out, of the cheapest provider.",
    "Lists are fetched from your providers, OpenRouter and models.dev where they are not there yet, or too old.",
  ].join("\n"),
  options: { ...commonOptions, all: { type: "boolean" } },
  async run(input) {
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const isAll = input.values["all"] === true;
    const text = input.words.join(" ").slice(0, 200);
    const page = await withAdmin(dataFolder, (call) =>
      call("queryModels", { body: { callable: !isAll, limit: mostShown, ...(text === "" ? {} : { text }) } }),
    );
    print(input, page, ({ data, total }) => describePage({ data, total }, isAll));
    return 0;
  },
};

function describePage({ data, total }: Pick<ModelPage, "data" | "total">, isAll: boolean): string {
  if (total === 0)
    return isAll ? "No model is known by these words." : "No model that a call could reach. Add a key, or look at all with --all.";
  const rows = data.map(describeModel);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map(([id, context, price, gateways]) =>
    `${id.padEnd(widths[0] as number)}  ${context.padStart(widths[1] as number)}  ${price.padStart(widths[2] as number)}  ${gateways}`.trimEnd(),
  );
  return total > data.length ? `${lines.join("\n")}\n${total - data.length} more; name some words` : lines.join("\n");
}

function describeModel(model: ModelSummary): [string, string, string, string] {
  const { prompt, completion } = model.pricing;
  const price = prompt === null ? "" : `$${perMillion(prompt)} in${completion === null ? "" : `, $${perMillion(completion)} out`}`;
  const callable = model.endpoints.filter((endpoint) => endpoint.callable);
  const shown = (callable.length > 0 ? callable : model.endpoints).map(({ gateway, id }) => `@${gateway}/${id}`);
  return [model.id, model.context_length === null ? "" : model.context_length.toLocaleString("en"), price, shown.slice(0, 3).join(" ")];
}

function perMillion(price: string): string {
  return String(Math.round(Number(price) * 1e12) / 1e6);
}
