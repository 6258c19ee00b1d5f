import type { AdminClient } from "#shared/contract/client.ts";
import type { Finding } from "#shared/contract/doctor.ts";
import { withAdmin } from "../admin-client.ts";
import { findDataFolder, openDataFolder } from "../../host/data-folder.ts";
import { examineDatabaseFile } from "../doctor/examine-database.ts";
import { examineFolder } from "../doctor/examine-folder.ts";
import { examineAddresses, examinePort } from "../doctor/examine-listener.ts";
import { describeFailure } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

const marks = { ok: "ok   ", warn: "note ", wrong: "WRONG" } as const satisfies Record<Finding["verdict"], string>;

/** `postern doctor`: the self-check. */
export const doctorCommand: Command = {
  usage: "postern doctor [--json]",
  summary: [
    "Looks whether everything is well: folder, port, database, key storage, config.json, providers, clock. Exit 1 where something is wrong.",
    "",
    "Of the providers it asks only whether they answer; no key is sent.",
  ].join("\n"),
  options: commonOptions,
  async run(input) {
    const asked = textOption(input, "data-dir");
    const folder = findDataFolder(asked, process.env);
    const findings = [...examineFolder(folder), ...examineEnvironment(process.env)];
    const damage = examineDatabaseFile(folder);
    try {
      // Opening a damaged database would set it aside; looking must change nothing.
      if (damage !== null) findings.push(damage);
      else findings.push(...(await withAdmin(openDataFolder(asked, process.env), examineInstance)));
    } catch (error) {
      findings.push({ subject: "start", verdict: "wrong", words: describeFailure(error) });
    }
    print(input, { findings }, () => findings.map(({ subject, verdict, words }) => `${marks[verdict]} ${subject}: ${words}`).join("\n"));
    return findings.some(({ verdict }) => verdict === "wrong") ? 1 : 0;
  },
};

async function examineInstance(call: AdminClient): Promise<Finding[]> {
  const [status, { settings }, { findings }] = await Promise.all([call("getStatus", {}), call("listSettings", {}), call("examine", {})]);
  if (status.addresses.length > 0) return [...(await examineAddresses(status.addresses)), ...findings];
  const configured = settings.find(({ section, name }) => section === "gateway" && name === "port")?.value;
  return [await examinePort(Number(process.env["POSTERN_PORT"]?.trim() || configured)), ...findings];
}

/** Variables that would weaken Postern without a word. */
function examineEnvironment(environment: NodeJS.ProcessEnv): Finding[] {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return [];
  const words = "NODE_TLS_REJECT_UNAUTHORIZED=0 is set. Postern checks certificates all the same; unset it for the sake of other programs.";
  return [{ subject: "environment", verdict: "warn", words }];
}
