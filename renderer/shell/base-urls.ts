/** The address to give to tools: the IPv4 one, since more of them read it. Null where nothing listens. */
export function gatewayAddress(addresses: readonly string[]): string | null {
  return addresses.find((address) => address.startsWith("127.")) ?? addresses[0] ?? null;
}

/** What tools of each kind are given as their base URL. */
export function baseUrls(address: string): { readonly openai: string; readonly anthropic: string; readonly gemini: string } {
  // Anthropic's and Google's clients add /v1 and /v1beta by themselves.
  return { openai: `http://${address}/v1`, anthropic: `http://${address}`, gemini: `http://${address}` };
}

/** A command that tries the gateway without any provider's key. */
export function tryCommand(address: string): string {
  return [
    `curl -N http://${address}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $POSTERN_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '{"model":"@postern/hello","stream":true,"messages":[{"role":"user","content":"Hi"}]}'`,
  ].join("\n");
}
