import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** The window's own colours, which change with its theme: custom properties reach into a shadow root. */
export const editorTheme: Extension = [
  EditorView.theme({
    "&": { height: "100%", color: "var(--ink)", backgroundColor: "transparent", fontSize: "0.75rem" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.25rem", overflow: "auto" },
    ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-muted)", border: "none" },
    ".cm-lineNumbers .cm-gutterElement": { minWidth: "28px", padding: "0 6px 0 4px" },
    ".cm-gutter-lint": { width: "16px" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--hover)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "color-mix(in oklch, var(--accent) 24%, transparent)",
    },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", color: "inherit" },
    "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
    ".cm-tooltip": {
      backgroundColor: "var(--raised)",
      color: "var(--ink)",
      border: "1px solid var(--line)",
      borderRadius: "6px",
      boxShadow: "var(--shadow)",
      overflow: "hidden",
    },
    ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "220px", padding: "4px" },
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", borderRadius: "4px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--hover)", color: "var(--ink)" },
    ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent-ink)", fontWeight: "600" },
    ".cm-completionDetail": { color: "var(--ink-muted)", fontStyle: "normal" },
    ".cm-tooltip.cm-completionInfo": { padding: "6px 10px", maxWidth: "260px", overflow: "visible" },
    ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid var(--bad)" },
    ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
    ".cm-lint-marker": { width: "12px", height: "12px" },
    ".cm-lint-marker-error": {
      content: "none",
      backgroundColor: "var(--bad)",
      borderRadius: "50%",
      width: "8px",
      height: "8px",
      margin: "6px 2px",
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: "var(--accent-ink)" },
      { tag: tags.string, color: "var(--ink)" },
      { tag: tags.number, color: "var(--info)" },
      { tag: [tags.bool, tags.null], color: "var(--warn)" },
      { tag: [tags.punctuation, tags.brace, tags.squareBracket, tags.separator], color: "var(--ink-muted)" },
      { tag: tags.invalid, color: "var(--bad)" },
    ]),
  ),
];
