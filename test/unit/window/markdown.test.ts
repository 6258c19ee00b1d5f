import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findMaths } from "../../../renderer/pages/chat/markdown/find-maths.ts";
import { readLink } from "../../../renderer/pages/chat/markdown/safe-url.ts";
import { type Block, BlockSplitter } from "../../../renderer/pages/chat/markdown/split-blocks.ts";

const splitBlocks = (markdown: string): Block[] => new BlockSplitter().split(markdown);

describe("an answer is cut into blocks", () => {
  test("so that whatever stands before the last one stays as it is while the answer grows", () => {
    const whole = "# One\n\nTwo *three*.\n\n- four\n- five\n\n```js\nlet six;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nSeven";
    let former = splitBlocks("");
    for (let end = 1; end <= whole.length; end += 1) {
      const blocks = splitBlocks(whole.slice(0, end));
      // The last two may still change: a line under a paragraph can make it a heading or a table.
      const settled = Math.max(0, Math.min(former.length, blocks.length) - 2);
      expect(blocks.slice(0, settled)).toEqual(former.slice(0, settled));
      former = blocks;
    }
    expect(former.map(({ kind }) => kind)).toEqual(["text", "text", "text", "code", "text", "text"]);
  });

  test("to the same ones, however it came", () => {
    const lines = ["# One", "Two *three*", "- four", "  five", "1. six", "   - seven", "---", "===", "> eight", "| a | b |", "|---|---|"];
    const others = [
      "| 1 | 2 |",
      "```js",
      "let nine;",
      "```",
      "    indented",
      "[1]: /ten",
      "[1]: /other",
      "see [1]",
      "<div>",
      "</div>",
      "-",
    ];
    const ends = ["\n", "\n\n", "\r\n", "", " ", "\n   ", "\t", "$$", "\\[x\\]"];
    const line = fc.tuple(fc.constantFrom(...lines, ...others), fc.constantFrom(...ends));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (written) => {
        const growing = new BlockSplitter();
        let text = "";
        for (const letter of written.flat().join("")) {
          text += letter;
          expect(growing.split(text)).toEqual(splitBlocks(text));
        }
      }),
      {
        numRuns: 1_000,
        // A line of dashes makes one heading of a paragraph, of the list behind it and of what follows that.
        examples: [
          [
            [
              ["| 1 | 2 |", "\n"],
              ["-", "\t"],
              ["# One", "\n"],
              ["  five", "\n"],
              ["-", ""],
            ],
          ],
        ],
      },
    );
  });

  test("and knows a fence that has not closed", () => {
    const closings = ["```js\nlet a;", "```js\nlet a;\n```", "````md\n```\nx\n```\n", "````md\n```\nx\n```\n````", "~~~\nx\n~~~\n"].map(
      (text) => splitBlocks(text),
    );
    expect(closings.map(([block]) => block?.kind === "code" && block.isClosed)).toEqual([false, true, false, true, true]);
    expect(closings[3]?.[0]).toMatchObject({ kind: "code", language: "md", text: "```\nx\n```" });
  });

  test("where a list or a table is many pages long, into pieces that lose nothing", () => {
    const items = Array.from({ length: 400 }, (_, index) => `${index + 1}. item number ${index + 1} with some words`);
    const list = splitBlocks(items.join("\n"));
    expect(list.length).toBeGreaterThan(4);
    expect(
      list
        .map((block) => (block.kind === "text" ? block.raw : ""))
        .join("")
        .trim(),
    ).toBe(items.join("\n"));
    expect(list.map((block) => block.kind === "text" && block.isContinued)).toEqual([false, ...list.slice(1).map(() => true)]);
    const rows = Array.from({ length: 400 }, (_, index) => `| ${index} | some words in a cell |`);
    const table = splitBlocks(["| a | b |", "|---|---|", ...rows].join("\n"));
    const cells = table.flatMap((block) => (block.kind === "text" ? block.raw.trim().split("\n").slice(2) : []));
    expect(cells).toEqual(rows);
  });

  test("and a link finds its definition in another one", () => {
    const [first] = splitBlocks("See [the page][1].\n\nMore.\n\n[1]: https://example.com/x");
    expect(first).toMatchObject({ raw: expect.stringContaining("[1]: <https://example.com/x>") as string });
  });
});

describe("formulas", () => {
  test.each([
    ["\\(x^2\\)", "$$x^2$$"],
    ["so \\[a = b\\] holds", "so \n$$\na = b\n$$\n holds"],
    ["$E = mc^2$ is known", "$$E = mc^2$$ is known"],
    ["let $n$ be", "let $$n$$ be"],
  ])("%s is one", (written, read) => {
    expect(findMaths(written)).toBe(read);
  });

  test.each(["It costs $5 and then $10.", "`$a_1$` in code", "from $5 to $x", "US$ 5, US$ 6", "```\n$a_1 = b$\n```", "$HOME and $PATH"])(
    "%s is none",
    (written) => {
      expect(findMaths(written)).toBe(written);
    },
  );
});

describe("the address of a link", () => {
  test.each(["https://example.com/a", "http://localhost:1", "mailto:someone@example.com"])("%s may be offered", (href) => {
    expect(readLink(href)?.href).toContain(href);
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:http://x/y",
    "postern://connect",
    "//example.com",
    "/admin/keys",
    "#/keys",
    "",
    "https://",
  ])("%s may not", (href) => {
    expect(readLink(href)).toBeNull();
  });
});
