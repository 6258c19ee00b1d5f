/** The model that is always there. */
export const helloModel = "@postern/hello";

/** Names of models that answer chats, small and cheap, as most providers call them. */
const smallPattern = /mini|nano|haiku|flash|small|lite|instant|8b|7b/i;
const chatPattern = /gpt|claude|gemini|llama|mistral|deepseek|qwen|grok|command|chat|instruct/i;
const otherPattern = /embed|whisper|tts|audio|image|dall-e|moderation|realtime|rerank|search|transcribe|guard|vision|video|veo|imagen/i;

/** The one to begin with: a small model for chats, else any, else the one that is built in. */
export function chooseFirst(names: readonly string[]): string {
  const others = names.filter((name) => name !== helloModel && !otherPattern.test(name));
  return (
    others.find((name) => smallPattern.test(name) && chatPattern.test(name)) ??
    others.find((name) => chatPattern.test(name)) ??
    others[0] ??
    helloModel
  );
}
