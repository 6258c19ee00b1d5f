/** What tools call themselves in a User-Agent, and what their people call them. The first that fits. */
const known: readonly (readonly [RegExp, string])[] = [
  [/^claude-(?:cli|code)\b/i, "claude"],
  [/^codex[_-]/i, "codex"],
  [/^opencode\b/i, "opencode"],
  [/^gemini-?cli\b/i, "gemini"],
  [/^aider\b/i, "aider"],
  [/^qwen-?code\b/i, "qwen"],
  [/\bcline\b/i, "cline"],
  [/\broo-?code\b/i, "roo-code"],
  [/\bcursor\b/i, "cursor"],
  [/^goose\b/i, "goose"],
  [/\bzed\b/i, "zed"],
];

const mostRemembered = 500;
const longestName = 40;
const remembered = new Map<string, string | null>();

/**
 * Who calls, for the log. A tool's own key says it; the owner's key and a provider's say nothing, and there the program's
 * claim has to do, without its version.
 *
 * @returns null where nobody says
 */
export function toolName(grant: { readonly name: string; readonly kind: string } | null, userAgent: string | null): string | null {
  if (grant !== null && grant.kind !== "owner") return grant.name;
  if (userAgent === null || userAgent === "") return null;
  let name = remembered.get(userAgent);
  if (name === undefined) {
    if (remembered.size >= mostRemembered) remembered.clear();
    remembered.set(userAgent, (name = claimOf(userAgent)));
  }
  return name;
}

function claimOf(userAgent: string): string | null {
  for (const [pattern, name] of known) if (pattern.test(userAgent)) return name;
  // RFC 9110, section 10.1.5: the first product is the program itself. OpenAI's libraries say "OpenAI/JS 7.55.0".
  const [, product = "", version = ""] = /^([A-Za-z][\w.-]*)(?:\/([A-Za-z]+))?/.exec(userAgent) ?? [];
  const name = version === "" ? product : `${product}-${version}`;
  return name === "" ? null : name.toLowerCase().slice(0, longestName);
}
