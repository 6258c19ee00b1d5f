/** One thing in a pasted block that may be a key. */
export interface PastedKey {
  /** The variable or the path of names that it stood under; null for a bare one. */
  readonly name: string | null;
  /** Counted from 1; in JSON, where it stands among its texts. */
  readonly line: number;
  readonly secret: string;
}

/** More lines than this are a mistake of the clipboard. */
const maxEntries = 500;
/** A bare word that is shorter is a word. */
const leastBareLength = 16;

const assignment = /^(?:export\s+|setx?\s+|\$env:)?["']?([A-Za-z_][\w.-]*)["']?\s*[=:]\s*(.*)$/;
/** `setx NAME value`, without a sign between them. */
const setx = /^setx\s+(\w+)\s+(\S.*)$/;

/**
 * Reads what a person pasted: lines as a shell, PowerShell or a `.env` file has them, a JSON object, however deep, or keys
 * one a line. Nothing is judged here, and no line can make it fail.
 */
export function readKeyBlock(text: string): PastedKey[] {
  const trimmed = text.trim();
  const found = trimmed.startsWith("{") ? (readJson(trimmed) ?? readLines(text)) : readLines(text);
  return found.slice(0, maxEntries);
}

function readJson(text: string): PastedKey[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // A service account is a key as a whole: its parts are none.
  if (isObject(value) && value["type"] === "service_account")
    return [{ name: "GOOGLE_APPLICATION_CREDENTIALS_JSON", line: 1, secret: text }];
  const found: PastedKey[] = [];
  const walk = (at: unknown, path: readonly string[]): void => {
    if (found.length >= maxEntries || path.length > 8) return;
    if (typeof at === "string" && at.trim() !== "") found.push({ name: path.join("."), line: found.length + 1, secret: at.trim() });
    else if (isObject(at)) for (const [name, member] of Object.entries(at)) walk(member, [...path, name]);
  };
  walk(value, []);
  return found;
}

function readLines(text: string): PastedKey[] {
  return text.split(/\r?\n/).flatMap((whole, index): PastedKey[] => {
    // What is left of an object that was copied by half.
    const line = whole
      .trim()
      .replace(/^[{[,]\s*/, "")
      .replace(/[\]}]$/, "");
    if (line === "" || line.startsWith("#") || line.startsWith("//")) return [];
    const [, name, value] = setx.exec(line) ?? assignment.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      const secret = unquote(value);
      return secret === "" ? [] : [{ name, line: index + 1, secret }];
    }
    const bare = unquote(line);
    return /\s/.test(bare) || bare.length < leastBareLength ? [] : [{ name: null, line: index + 1, secret: bare }];
  });
}

/** What stands in quotes, else the value up to a remark behind it; `Bearer ` and a trailing comma are no part of a key. */
function unquote(value: string): string {
  const trimmed = value.trim().replace(/[,;]$/, "").trim();
  const quoted = /^(["'`])(.*)\1$/.exec(trimmed)?.[2] ?? /^(["'])(.*?)\1\s+#/.exec(trimmed)?.[2];
  // Begun at the first space of each run alone: trying every one of them takes the square of the run's length.
  return (quoted ?? trimmed.replace(/(?<!\s)\s+#.*$/, "")).replace(/^Bearer\s+/i, "").trim();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
