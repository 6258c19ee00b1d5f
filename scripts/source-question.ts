import type { Plugin } from "vite";

const question = 'import.meta.url.endsWith(".ts")';

/** Files that start a neighbour ask whether they are source; in the bundle the answer is no, and the other branch goes. */
export const sourceQuestion: Plugin = {
  name: "postern-source-question",
  transform: (code) => (code.includes(question) ? code.replaceAll(question, "false") : undefined),
};
