import { openAiStreamFrames } from "../../fakes/openai-replies.ts";
import { sseText } from "../../fakes/replies.ts";
import type { Script } from "../../fakes/scripted-provider.ts";

/** As many letters as a token has in English text, roughly. */
const lettersPerToken = 4;

/** An answer of the given length with everything that models write: prose, lists, a table, code and formulas. */
export function longAnswer(letters: number): string {
  const section = (number: number): string =>
    [
      `## Part ${number}: what the gate keeps\n`,
      `A gate is **only** as good as what it lets *through*, and [the record](https://example.com/${number}) of it. `.repeat(4),
      `\n${[1, 2, 3, 4].map((item) => `${item}. point ${item} of part ${number}, with \`code\` in it and some more words`).join("\n")}\n`,
      `| model | in | out |\n| --- | ---: | ---: |\n${[1, 2, 3].map((row) => `| maker/model-${row} | ${row}.25 | ${row}.50 |`).join("\n")}\n`,
      `\`\`\`typescript\n${[1, 2, 3, 4, 5, 6].map((line) => `const value${line}: number = compute(${line}, "text") ?? ${line * number};`).join("\n")}\n\`\`\`\n`,
      `The cost is \\(c = p \\cdot t\\), and so\n\n$$\n\\sum_{i=1}^{n} c_i = ${number}\n$$\n`,
    ].join("\n");
  let text = "";
  for (let number = 1; text.length < letters; number += 1) text += `${section(number)}\n`;
  return text.slice(0, letters);
}

/** Plays an answer at a pace, by the clock: a timer that comes late is made up for. */
export function paced(text: string, tokensPerSecond: number): Script {
  const deltas = text.match(new RegExp(`[\\s\\S]{1,${String(lettersPerToken)}}`, "g")) ?? [];
  return async (exchange) => {
    const body = exchange.request.json() as { model: string };
    const pieces = openAiStreamFrames({ model: body.model, deltas }).map((frame) => sseText(frame));
    await exchange.head(200, { "transfer-encoding": "chunked", "content-type": "text/event-stream" });
    const startedMs = performance.now();
    for (const [index, piece] of pieces.entries()) {
      const aheadMs = (index / tokensPerSecond) * 1_000 - (performance.now() - startedMs);
      if (aheadMs > 4) await Promise.race([new Promise((resolve) => setTimeout(resolve, aheadMs)), exchange.gone]);
      if (!exchange.isOpen) return;
      await exchange.body(piece);
    }
    await exchange.body(sseText("[DONE]"));
    await exchange.finish();
  };
}
