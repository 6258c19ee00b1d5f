import { type Shell, shells } from "#shared/contract/connect.ts";

/** What a tool is started with. */
export interface SnippetFacts {
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that have to be gone. */
  readonly without: readonly string[];
  /** The program and its words; null for a library, which has none. */
  readonly command: readonly string[] | null;
}

interface Writer {
  readonly quote: (text: string) => string;
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
}

const safeWord = /^[\w@%+=:,./-]+$/;

const posixQuote = (text: string): string => (safeWord.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`);
const fishQuote = (text: string): string =>
  safeWord.test(text) ? text : `'${text.replaceAll("\\", "\\\\").replaceAll("'", String.raw`\'`)}'`;
const powershellQuote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const cmdQuote = (text: string): string => (safeWord.test(text) ? text : `"${text.replaceAll('"', String.raw`\"`)}"`);

const writers: Readonly<Record<Shell, Writer>> = {
  posix: { quote: posixQuote, set: (name, value) => `export ${name}=${posixQuote(value)}`, unset: (name) => `unset ${name}` },
  fish: { quote: fishQuote, set: (name, value) => `set -gx ${name} ${fishQuote(value)}`, unset: (name) => `set -e ${name}` },
  powershell: {
    // Behind a program's name, a word that needs no quotes may stand without.
    quote: (text) => (/^[\w./:-]+$/.test(text) ? text : powershellQuote(text)),
    set: (name, value) => `$env:${name} = ${powershellQuote(value)}`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
  // With the quotes around it all, what stands behind the = is taken as it is.
  cmd: { quote: cmdQuote, set: (name, value) => `set "${name}=${value}"`, unset: (name) => `set "${name}="` },
};

/** The lines that set a tool's environment and start it, for each shell. Empty where it reads no environment. */
export function writeSnippets({ environment, without, command }: SnippetFacts): { shell: Shell; text: string }[] {
  if (Object.keys(environment).length === 0) return [];
  return shells.map((shell) => {
    const { quote, set, unset } = writers[shell];
    const lines = [
      ...without.map(unset),
      // An empty value would be no value there, and the variable goes either way.
      ...Object.entries(environment).map(([name, value]) =>
        value === "" && shell !== "posix" && shell !== "fish" ? unset(name) : set(name, value),
      ),
      ...(command === null ? [] : [command.map(quote).join(" ")]),
    ];
    return { shell, text: `${lines.join("\n")}\n` };
  });
}
