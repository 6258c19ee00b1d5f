import { baseUrls } from "../../../shell/base-urls.ts";

/** In what a snippet is written. */
export const languages = ["curl", "python", "javascript", "environment"] as const;

/** One of {@link languages}. */
export type Language = (typeof languages)[number];

/** What a snippet asks for. */
export interface SnippetQuestion {
  /** `127.0.0.1:8787` */
  readonly address: string;
  /** As a call names it: `@openai/gpt-5`. */
  readonly model: string;
  /** What the model is for. */
  readonly purpose: "chat" | "embedding" | "image";
}

/** A program that calls a model through Postern. The key stays in the environment. */
export function writeSnippet(language: Language, question: SnippetQuestion): string {
  const { openai } = baseUrls(question.address);
  const model = JSON.stringify(question.model);
  switch (language) {
    case "curl":
      return writeCurl(openai, question);
    case "python":
      return [
        "import os",
        "from openai import OpenAI",
        "",
        `client = OpenAI(base_url="${openai}", api_key=os.environ["POSTERN_API_KEY"])`,
        ...pythonCall(question.purpose, model),
      ].join("\n");
    case "javascript":
      return [
        'import OpenAI from "openai";',
        "",
        `const client = new OpenAI({ baseURL: "${openai}", apiKey: process.env.POSTERN_API_KEY });`,
        ...javascriptCall(question.purpose, model),
      ].join("\n");
    case "environment":
      return [
        `export OPENAI_BASE_URL=${openai}`,
        'export OPENAI_API_KEY="$POSTERN_API_KEY"',
        `export OPENAI_MODEL=${quoteForShell(question.model)}`,
      ].join("\n");
  }
}

function bodyOf({ purpose, model }: SnippetQuestion): { readonly path: string; readonly body: Readonly<Record<string, unknown>> } {
  if (purpose === "embedding") return { path: "/embeddings", body: { model, input: "Hello" } };
  if (purpose === "image") return { path: "/images/generations", body: { model, prompt: "A lighthouse at dawn" } };
  return { path: "/chat/completions", body: { model, messages: [{ role: "user", content: "Hello" }] } };
}

function writeCurl(openai: string, question: SnippetQuestion): string {
  const { path, body } = bodyOf(question);
  return [
    `curl ${openai}${path} \\`,
    '  -H "Authorization: Bearer $POSTERN_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d ${quoteForShell(JSON.stringify(body))}`,
  ].join("\n");
}

/** Names of models come from lists: whatever is in one, a shell takes it as text. */
function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function pythonCall(purpose: SnippetQuestion["purpose"], model: string): readonly string[] {
  if (purpose === "embedding")
    return [`answer = client.embeddings.create(model=${model}, input="Hello")`, "print(len(answer.data[0].embedding))"];
  if (purpose === "image")
    return [`answer = client.images.generate(model=${model}, prompt="A lighthouse at dawn")`, "print(answer.data[0].url)"];
  return [
    "answer = client.chat.completions.create(",
    `    model=${model},`,
    '    messages=[{"role": "user", "content": "Hello"}],',
    ")",
    "print(answer.choices[0].message.content)",
  ];
}

function javascriptCall(purpose: SnippetQuestion["purpose"], model: string): readonly string[] {
  if (purpose === "embedding")
    return [
      `const answer = await client.embeddings.create({ model: ${model}, input: "Hello" });`,
      "console.log(answer.data[0].embedding.length);",
    ];
  if (purpose === "image")
    return [
      `const answer = await client.images.generate({ model: ${model}, prompt: "A lighthouse at dawn" });`,
      "console.log(answer.data[0].url);",
    ];
  return [
    "const answer = await client.chat.completions.create({",
    `  model: ${model},`,
    '  messages: [{ role: "user", content: "Hello" }],',
    "});",
    "console.log(answer.choices[0].message.content);",
  ];
}
