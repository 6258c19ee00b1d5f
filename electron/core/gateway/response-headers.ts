import { holdsSecret, type Secrets } from "#core/upstream/scrub-secret.ts";

/** What every answer of the gateway's own carries: nothing of it may be framed, sniffed, cached or read by a web page. */
export const ownHeaders: readonly string[] = [
  "cache-control",
  "no-store",
  "content-security-policy",
  "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy",
  "same-origin",
  "cross-origin-resource-policy",
  "same-origin",
  "referrer-policy",
  "no-referrer",
  "x-content-type-options",
  "nosniff",
  "x-frame-options",
  "DENY",
];

/**
 * What a provider says to its own browser or about its own connection. RFC 9110 section 7.6.1 names the hop-by-hop
 * ones; the rest would let a provider set cookies, policies or redirects for this origin.
 */
const keptBack = new Set([
  "access-control-allow-credentials",
  "access-control-allow-headers",
  "access-control-allow-methods",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "access-control-max-age",
  "alt-svc",
  "cache-control",
  "clear-site-data",
  "connection",
  "content-encoding",
  "content-length",
  "content-security-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "expect-ct",
  "keep-alive",
  "link",
  "location",
  "nel",
  "proxy-authenticate",
  "proxy-connection",
  "referrer-policy",
  "refresh",
  "report-to",
  "reporting-endpoints",
  "server",
  "set-cookie",
  "strict-transport-security",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "www-authenticate",
  "x-content-type-options",
  "x-frame-options",
  "x-powered-by",
]);

/**
 * The provider's headers that a client gets. A relayed answer is never a page that a browser navigates to, since it
 * needs a key: it is kept from being cached and sniffed, and what concerns pages is left out.
 *
 * @param secrets the key that the call carried; a header that holds it stays here
 * @param contentType replaces the provider's, where its answer was translated
 * @returns a flat list of names and values for `writeHead`
 */
export function relayedHeaders(
  upstream: Readonly<Record<string, string | string[] | undefined>>,
  secrets: Secrets,
  contentType: string | null = null,
): string[] {
  const headers = ["cache-control", "no-store", "x-content-type-options", "nosniff"];
  if (contentType !== null) headers.push("content-type", contentType);
  const hopByHop = upstream["connection"];
  const named = hopByHop === undefined || hopByHop === "keep-alive" || hopByHop === "close" ? null : String(hopByHop).toLowerCase();
  for (const name in upstream) {
    if (contentType !== null && name === "content-type") continue;
    if (keptBack.has(name) || name.startsWith("x-portkey-") || name.startsWith("x-postern-")) continue;
    if (named?.includes(name) === true) continue;
    const value = upstream[name];
    // Some answers repeat what they were sent.
    if (secrets !== null && holdsSecret(String(value), secrets)) continue;
    if (typeof value === "string") headers.push(name, value);
    else if (value !== undefined) for (const one of value) headers.push(name, one);
  }
  return headers;
}
