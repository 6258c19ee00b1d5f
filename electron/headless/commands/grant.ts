import type { GrantInfo } from "#shared/contract/grants.ts";
import { grantNameSchema, type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";
import { grantOptions, readGrantOptions } from "./read-grant-options.ts";

/** `postern grant <tool>`: a local key for one tool, with just what it needs. */
export const grantCommand: Command = {
  usage: "postern grant <tool> [options]",
  summary: [
    "Makes a local key for a tool and prints it once, or changes what a tool's key may do.",
    "",
    "  --allow-model PATTERN     only models and aliases that fit: cheap, gpt-4o*, @openai/*",
    "  --allow-provider ID       only these providers",
    "  --allow-host ORIGIN       may be named as a custom host",
    "  --allow-origin ORIGIN     a web page that may call with the key",
    "  --allow-endpoint NAME     only these: chat, messages, embeddings, ...; passthrough and metrics come beside all others",
    "  --allow-field NAME        a field that changes where a call goes or what it costs, which a limited key may send all the same",
    "  --budget 5/day            US dollars, or 200000tokens/month; day, week or month",
    "  --rate 60/min             calls, or 100000tokens/min",
    "  --expires 30d             or 12h, 2027-01-31, never",
    "  --note TEXT               words for yourself",
    "  --pause, --resume         stops the key at once, and lets it go on",
    "  --new-key                 gives the tool another key; the old one stops at once",
    "",
    "Options of a tool that has a key already are added to what it may do. What is listed several times may each be used.",
  ].join("\n"),
  options: { ...commonOptions, ...grantOptions, "new-key": { type: "boolean" } },
  async run(input) {
    const [name, ...more] = input.words;
    if (name === undefined || more.length > 0) throw new ExitError(2, `Usage: ${grantCommand.usage}`);
    const issue = grantNameSchema.safeParse(name).error?.issues[0];
    if (issue !== undefined) throw new ExitError(2, `Cannot name a grant "${name.slice(0, 64)}": it ${issue.message}`);
    const read = (before: Permissions): Permissions => readGrantOptions(input, before, Date.now());
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    return withAdmin(dataFolder, async (call) => {
      const known = (await call("listGrants", {})).grants.find((grant) => grant.name === name);
      let made: { readonly grant: GrantInfo; readonly key: string | null };
      if (known === undefined) {
        made = await call("addGrant", { body: { name, permissions: read(permissionsSchema.parse({})) } });
      } else {
        const parameters = { grant: known.id };
        const grant = await call("changeGrant", { parameters, body: { permissions: read(known.permissions) } });
        made = input.values["new-key"] === true ? await call("replaceGrantKey", { parameters }) : { grant, key: null };
      }
      print(input, made, ({ grant, key }) =>
        key === null ? describeGrant(grant) : `${key}\n\nThe key of ${describeGrant(grant)}\nIt is shown this once.`,
      );
      return 0;
    });
  },
};

/** A grant on a line. */
export function describeGrant({ name, state, keyHint, permissions, spent }: GrantInfo): string {
  const { models, providers, hosts, origins, endpoints, fields, requestsPerMinute, tokensPerMinute, expiresAtMs, note } = permissions;
  const list = (what: string, names: readonly string[] | null): string[] =>
    names === null || names.length === 0 ? [] : [`${what} ${names.join(", ")}`];
  const facts = [
    ...(state === "active" ? [] : [state]),
    ...(models === null ? ["any model"] : list("models", models)),
    ...list("providers", providers),
    ...list("hosts", hosts),
    ...list("web pages", origins),
    ...list("endpoints", endpoints),
    ...list("fields", fields),
    ...spent.map(({ unit, amount, per, spent: of }) =>
      unit === "usd" ? `${dollars(of)} of ${dollars(amount)} a ${per}` : `${Math.round(of)} of ${amount} tokens a ${per}`,
    ),
    ...(requestsPerMinute === null ? [] : [`${requestsPerMinute} calls a minute`]),
    ...(tokensPerMinute === null ? [] : [`${tokensPerMinute} tokens a minute`]),
    ...(expiresAtMs === null ? [] : [`until ${new Date(expiresAtMs).toISOString()}`]),
    ...(note === "" ? [] : [note]),
  ];
  return `${name} ${keyHint === null ? "(a key of its own)" : `...${keyHint}`}: ${facts.join("; ")}`;
}

function dollars(amount: number): string {
  return `$${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)}`;
}
