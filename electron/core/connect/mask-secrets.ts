import { keyPlaceholder } from "#shared/contract/connect.ts";

/** `"apiKey": "sk-..."`, `openai-api-key: sk-...`, `export TOKEN=...`: a name that says what its value is. */
const namedValue =
  /((?:["']?)[\w.-]{0,64}?(?:key|token|secret|password|passwd|credential|authorization|cookie)[\w.-]{0,64}["']?\s{0,64}[:=]\s{0,64})("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,#}\]]+)/gi;

/** A text that nobody would write by hand: long, without spaces, with letters and digits in it. */
const longToken = /(?<![\w/.-])(?=[\w.~+-]*\d)(?=[\w.~+-]*[A-Za-z])[\w.~+-]{24,}={0,2}(?![\w/])/g;

/** Marks of keys that may be shorter. */
const marked =
  /\b(?:sk|pk|rk|gsk|xai|hf|pplx|nvapi|postern|ghp|gho|github_pat|glpat|xox[abprs])[-_][\w-]{8,}|\bAIza[\w-]{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bBearer\s+[\w.~+/-]{8,}=*/g;

/** `https://name:password@host` */
const inAddress = /(\/\/[^/\s:@"']+:)[^/\s@"']+(?=@)/g;

/** What stands where a secret could, and is none: names of variables, references to them, words of JSON. */
const plainValue = /^["']?(?:true|false|null|none|\{env:\w+\}|\$\{?[\w:.-]+\}?|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)?["']?$/;

/**
 * A line of somebody's config file with what may be a secret masked: at most its last four characters stay, so that two of
 * them can be told apart. Names of variables stay as they are.
 */
export function maskSecrets(line: string): string {
  return line
    .replace(namedValue, (whole, before: string, value: string) => {
      const isCount = /tokens["']?\s*[:=]\s*$/i.test(before) && /^\d+$/.test(value);
      return isCount || plainValue.test(value) ? whole : before + maskQuoted(value);
    })
    .replace(inAddress, "$1••••")
    .replace(marked, mask)
    .replace(longToken, mask);
}

function maskQuoted(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? "";
  return quote + mask(quote === "" ? value : value.slice(1, -1)) + quote;
}

function mask(value: string): string {
  if (value.includes(keyPlaceholder) || value.includes("•")) return value;
  return value.length < 12 ? "••••" : `••••${value.slice(-4)}`;
}
