import type { ScriptedProvider } from "../fakes/scripted-provider.ts";

/**
 * Checks what a provider was sent in a test, whatever the test is about: every request was good HTTP, and none held a
 * text that is meant for the gateway alone, such as the local key.
 *
 * @throws {Error} naming the request and the place; the text itself is not quoted
 */
export function assertClean(provider: ScriptedProvider, forbidden: readonly string[]): void {
  const [problem] = provider.problems;
  if (problem !== undefined) throw problem;
  for (const { method, url, rawHeaders, body } of provider.requests) {
    const places = { target: url, headers: rawHeaders.join("\n").toLowerCase(), body: body.toString("latin1") };
    for (const [index, text] of forbidden.entries()) {
      for (const [place, content] of Object.entries(places)) {
        const isHeld = content.includes(place === "headers" ? text.toLowerCase() : text);
        if (isHeld)
          throw new Error(`The provider got forbidden text ${index + 1} in the ${place} of ${method} ${url.split("?", 1)[0] ?? ""}`);
      }
    }
  }
}
