import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { bundledLanguages, type BundledLanguage } from "shiki/langs";
import type { HighlightAnswer, HighlightQuestion } from "./highlight.ts";

// The theme's colours are only names here: what a word is, and the page has a colour for it.
const theme = createCssVariablesTheme({ name: "names", variablePrefix: "--code-", variableDefaults: {}, fontStyle: false });
const variable = /^var\(--code-token-([a-z-]+)\)$/;
let highlighter: Promise<HighlighterCore> | undefined;

addEventListener("message", ({ data }: MessageEvent<HighlightQuestion>) => void answer(data));

async function answer({ id, text, language }: HighlightQuestion): Promise<void> {
  const spans = await findSpans(text, language).catch(() => ({}));
  postMessage({ id, spans } satisfies HighlightAnswer);
}

async function findSpans(text: string, language: string): Promise<HighlightAnswer["spans"]> {
  const name = language.toLowerCase();
  if (!(name in bundledLanguages)) return {};
  highlighter ??= createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) });
  const core = await highlighter;
  if (!core.getLoadedLanguages().includes(name)) await core.loadLanguage(bundledLanguages[name as BundledLanguage]);
  const spans: Record<string, number[]> = {};
  for (const line of core.codeToTokensBase(text, { lang: name, theme: "names" })) {
    for (const { offset, content, color } of line) {
      const kind = variable.exec(color ?? "")?.[1];
      if (kind !== undefined) (spans[kind] ??= []).push(offset, offset + content.length);
    }
  }
  return spans;
}
