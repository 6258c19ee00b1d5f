/**
 * What keys look like: Postern's own, those of providers and clouds with a prefix of their own, bearer tokens and private
 * keys. A key without any mark cannot be told from other text.
 */
const patterns: readonly RegExp[] = [
  /\bpostern_[A-Za-z0-9_-]{16,}/g,
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /\b(?:gsk|xai|csk|fw|r8|hf|pplx|nvapi|tgp_v1|cpk|rc|key)[_-][A-Za-z0-9_.-]{16,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bya29\.[A-Za-z0-9_-]{20,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat)[_-][A-Za-z0-9_-]{16,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /\bBearer\s+[A-Za-z0-9._~+/-]{16,}=*/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Takes everything out of a text that looks like a key. */
export function scrubKeys(text: string): string {
  return patterns.reduce((scrubbed, pattern) => scrubbed.replace(pattern, "[key removed]"), text);
}
