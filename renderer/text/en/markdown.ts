/** What stands in and around a model's answer. */
export const markdown = {
  code: "code",
  codeIn: "Code, {{language}}",
  wrapLines: "Wrap long lines",
  linkTitle: "Open {{host}}?",
  linkHelp: "This address came from a model, and not from anybody you know. What stands in it goes there with you.",
  linkAddress: "address",
  linkCopy: "Copy address",
  linkOpen: "Open {{host}}",
  imageBlocked: "Image from elsewhere, not loaded",
  imageBlockedNamed: "Image from elsewhere, not loaded: {{words}}",
  thinking: "Thinking …",
  thought: "Thought",
  thoughtFor: "Thought for {{time}}",
  calledTool: "Called",
};

declare module "../texts.ts" {
  interface Texts {
    readonly markdown: typeof markdown;
  }
}
