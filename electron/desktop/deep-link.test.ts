import fc from "fast-check";
import { expect, test } from "vitest";
import { findDeepLink, linkQuestion, readDeepLink } from "./deep-link.ts";

test.each([
  ["postern://catalog?query=gpt-5&provider=openai", "#/models?text=gpt-5&provider=openai"],
  ["postern://connect/claude-code", "#/tools/connect/claude-code"],
  ["postern://connect", "#/tools/connect"],
  ["postern://chat?model=steady&prompt=Hello%20you", "#/chat?model=steady&prompt=Hello+you"],
  ["postern://add-provider?provider=openai", "#/keys/openai"],
  ["postern://alias?model=openai/gpt-4o", "#/aliases?new=openai%2Fgpt-4o"],
  // What does not fit is left out, and the rest is filled in.
  ["postern://chat?model=steady&colour=red", "#/chat?model=steady"],
  ["postern://catalog?provider=%3Cscript%3E", "#/models"],
  ["postern://add-provider?provider=..%2Fx", "#/keys"],
  // A text that looks like another kind of value stays a text.
  ["postern://catalog?query=123", "#/models?text=%22123%22"],
])("%s opens %s", (link, hash) => {
  expect(readDeepLink(link)?.hash).toBe(hash);
});

test.each([
  "https://catalog",
  "postern://",
  "postern://admin/keys",
  "postern://settings",
  "postern://__proto__",
  "postern://chat/extra",
  "postern://connect/../keys/x",
  "postern://connect/claude/x",
  "postern://user:pass@chat",
  "postern://chat:80",
  "postern://chat?apiKey=sk-1",
  "postern://chat?prompt=x&token=1",
  "postern://add-provider?baseUrl=https://evil.example",
  "postern://chat?headers=x",
  `postern://chat?prompt=${"x".repeat(5_000)}`,
])("%s is not taken", (link) => {
  expect(readDeepLink(link)).toBeNull();
});

test("whatever a link holds, it stays in the window's own page", () => {
  fc.assert(
    fc.property(fc.constantFrom("catalog", "alias", "chat", "connect", "add-provider"), fc.string(), fc.string(), (host, name, value) => {
      const link = readDeepLink(
        `postern://${host}?${encodeURIComponent(name)}=${encodeURIComponent(value)}&prompt=${encodeURIComponent(value)}`,
      );
      if (link === null) return true;
      const url = new URL(`http://window/${link.hash}`);
      return url.pathname === "/" && url.search === "" && /^#\/(models|aliases|chat|tools\/connect|keys)(\/[\w.-]+)?(\?|$)/.test(url.hash);
    }),
  );
});

test("the question shows what would be filled in, and that nothing happens by itself", () => {
  const link = readDeepLink("postern://chat?prompt=line%0Aother");
  expect(link && linkQuestion(link)).toEqual({
    message: 'A link wants to open "Chat" in Postern.',
    detail: "It would fill in:\nprompt: line other\n\nNothing is sent or saved before you do it yourself.",
  });
});

test("is found among a program's arguments", () => {
  expect(findDeepLink(["/usr/bin/postern", "--hidden", "Postern://chat"])).toBe("Postern://chat");
  expect(findDeepLink(["/usr/bin/postern"])).toBeUndefined();
});
