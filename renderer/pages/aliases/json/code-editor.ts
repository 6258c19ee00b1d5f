import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, EditorState, type Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import type { Finding } from "../draft/check-text.ts";
import { sayFinding } from "../draft/check-text.ts";
import { completeConfig, type KnownNames } from "./config-completions.ts";
import { editorTheme } from "./editor-theme.ts";

/** A text editor that stands in a page. */
export interface CodeEditor {
  /** Shows another text; only what differs changes, so that the cursor and the history stay. */
  show(text: string): void;
  /** Changes the text as the person would, so that it is told. */
  write(text: string): void;
  mark(findings: readonly Finding[]): void;
  goTo(offset: number): void;
  destroy(): void;
}

/** A change that came from outside, and is not told back. */
const fromOutside = Annotation.define<boolean>();

/**
 * Puts an editor for a config's JSON into an element. It stands in a shadow root: there its styles are adopted style
 * sheets, where in the page they would be a style element, which the content security policy refuses.
 *
 * @param label its accessible name
 */
export function openCodeEditor(
  host: HTMLElement,
  {
    text,
    label,
    names,
    onChange,
  }: { readonly text: string; readonly label: string; readonly names: () => KnownNames; readonly onChange: (text: string) => void },
): CodeEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const parent = document.createElement("div");
  parent.style.height = "100%";
  root.replaceChildren(parent);
  const view = new EditorView({
    root,
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        closeBrackets(),
        json(),
        autocompletion({ override: [completeConfig(names)], icons: false }),
        // Tab is not taken: it leads on, as everywhere else.
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", tabindex: "0" }),
        typeOverSelection,
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((transaction) => transaction.annotation(fromOutside) === true))
            onChange(update.state.doc.toString());
        }),
        editorTheme,
      ],
    }),
  });
  return {
    show(next) {
      const current = view.state.doc.toString();
      if (next === current) return;
      view.dispatch({ changes: differenceOf(current, next), annotations: fromOutside.of(true) });
    },
    write(next) {
      view.dispatch({ changes: differenceOf(view.state.doc.toString(), next) });
    },
    mark(findings) {
      const { length } = view.state.doc;
      const diagnostics = findings.map((finding): Diagnostic => ({
        from: Math.min(finding.from, length),
        to: Math.min(Math.max(finding.to, finding.from), length),
        severity: "error",
        message: sayFinding(finding),
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(offset) {
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/**
 * Typing over a selection. Left to the browser, it gives what is typed the style of what was there, as an inline style, which
 * the content security policy refuses.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const { data } = event;
    if (event.inputType !== "insertText" || data === null || empty || event.isComposing) return false;
    event.preventDefault();
    const insert = (): Transaction =>
      view.state.update({ ...view.state.replaceSelection(data), userEvent: "input.type", scrollIntoView: true });
    // Whoever wants to have a say in what is typed, such as the closing of brackets, has it.
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

/** What has to be replaced to make one text of another: all between their common beginning and their common end. */
function differenceOf(from: string, to: string): { readonly from: number; readonly to: number; readonly insert: string } {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end++;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}
