import type { Plugin } from "vite";

const questions = ['import.meta.url.endsWith(".ts")', 'import.meta.url.endsWith(".mjs")'];

/** Files that start a neighbour ask whether they are source; in the bundle the answer is no, and the other branch goes. */
export const sourceQuestion: Plugin = {
  name: "postern-source-question",
  transform: (code) =>
    questions.some((question) => code.includes(question))
      ? questions.reduce((answered, question) => answered.replaceAll(question, "false"), code)
      : undefined,
};
