/** A `curl` command as users of earlier gateways have it in their notes, word for word. */
export interface SeedExample {
  readonly name: string;
  /** The provider that has to get it. */
  readonly provider: "openai" | "deepinfra" | "anthropic";
  readonly command: string;
  /** The body that has to arrive there. */
  readonly arrives: Readonly<Record<string, unknown>>;
}

const user = (content: string): readonly unknown[] => [{ role: "user", content }];
const airoboros = "jondurbin/airoboros-l2-70b-gpt4-1.4.1";

/** Every example of a chat call whose provider speaks OpenAI's API. */
export const seedExamples: readonly SeedExample[] = [
  {
    name: "DeepInfra: correct request",
    provider: "deepinfra",
    arrives: { model: airoboros, messages: user("Hello!") },
    command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "jondurbin/airoboros-l2-70b-gpt4-1.4.1",
    "provider": "portkey",
    "portkey_provider": "deepinfra",
    "messages": [
      {"role": "user", "content": "Hello!"}
    ]
  }'`,
  },
  {
    name: "DeepInfra: test",
    provider: "deepinfra",
    arrives: { model: airoboros, messages: user("Introduce yourself in one sentence."), max_tokens: 100 },
    command: String.raw`curl -X POST 'http://localhost:8000/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "jondurbin/airoboros-l2-70b-gpt4-1.4.1",
    "provider": "portkey",
    "portkey_provider": "deepinfra",
    "messages": [
      {"role": "user", "content": "Introduce yourself in one sentence."}
    ],
    "max_tokens": 100
  }'`,
  },
  {
    name: "test 1: OpenAI, direct key",
    provider: "openai",
    arrives: { model: "gpt-3.5-turbo", messages: user("Say hello in 5 words"), max_tokens: 50 },
    command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "gpt-3.5-turbo",
    "provider": "portkey",
    "portkey_provider": "openai",
    "messages": [
      {"role": "user", "content": "Say hello in 5 words"}
    ],
    "max_tokens": 50
  }'`,
  },
  {
    name: "test 4: DeepInfra",
    provider: "deepinfra",
    arrives: { model: airoboros, messages: user("Hello! Introduce yourself in one sentence."), max_tokens: 100 },
    command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "jondurbin/airoboros-l2-70b-gpt4-1.4.1",
    "provider": "portkey",
    "portkey_provider": "deepinfra",
    "messages": [
      {"role": "user", "content": "Hello! Introduce yourself in one sentence."}
    ],
    "max_tokens": 100
  }'`,
  },
  {
    name: "test 5: streaming",
    provider: "openai",
    arrives: { model: "gpt-3.5-turbo", messages: user("Write a haiku about code") },
    command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "gpt-3.5-turbo",
    "provider": "portkey",
    "portkey_provider": "openai",
    "messages": [
      {"role": "user", "content": "Write a haiku about code"}
    ],
    "stream": true
  }'`,
  },
  {
    name: "the provider in the model's name",
    provider: "deepinfra",
    arrives: { model: "zai-org/GLM-4.5-Air", messages: user("Hello!") },
    command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "@deepinfra/zai-org/GLM-4.5-Air",
    "provider": "portkey",
    "messages": [{"role": "user", "content": "Hello!"}]
  }'`,
  },
];

/** Test 2: a stored key, by its name. */
export const virtualKeyExample: SeedExample = {
  name: "test 2: OpenAI, virtual key",
  provider: "openai",
  arrives: { model: "gpt-3.5-turbo", messages: user("Count to 5") },
  command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "gpt-3.5-turbo",
    "provider": "portkey",
    "portkey_provider": "openai",
    "portkey_virtual_key": "your-virtual-key-id",
    "messages": [
      {"role": "user", "content": "Count to 5"}
    ]
  }'`,
};

/** Test 3: a provider that speaks a language of its own. */
export const anthropicExample: SeedExample = {
  name: "test 3: Anthropic",
  provider: "anthropic",
  arrives: { model: "claude-3-sonnet-20240229", messages: user("What is 2+2?"), max_tokens: 100 },
  command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_GATEWAYZ_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "claude-3-sonnet-20240229",
    "provider": "portkey",
    "portkey_provider": "anthropic",
    "messages": [
      {"role": "user", "content": "What is 2+2?"}
    ],
    "max_tokens": 100
  }'`,
};

/** The request that the notes show as a wrong one: it names no provider, and its body has a comment in it. */
export const incorrectExample: SeedExample = {
  name: "DeepInfra: incorrect request",
  provider: "deepinfra",
  arrives: { model: airoboros, messages: user("Hello!") },
  command: String.raw`curl -X POST 'https://api.gatewayz.ai/v1/chat/completions' \
  -H 'Authorization: Bearer YOUR_API_KEY' \
  -H 'Content-Type: application/json' \
  -d '{
    "model": "jondurbin/airoboros-l2-70b-gpt4-1.4.1",
    "provider": "portkey",
    // Missing portkey_provider!
    "messages": [
      {"role": "user", "content": "Hello!"}
    ]
  }'`,
};

/** A command with nothing changed but where it goes and whose key it carries. */
export function pointAt(postern: { readonly url: string; readonly key: string }, command: string): string {
  return command
    .replace(/https:\/\/api\.gatewayz\.ai|http:\/\/localhost:8000/, postern.url)
    .replace(/YOUR_(?:GATEWAYZ_)?API_KEY/, postern.key);
}

/** The same command with `stream` set, one way or the other. */
export function withStream(command: string, stream: boolean): string {
  return command.replace(/,\s*"stream": true/, "").replace(/"model"/, stream ? '"stream": true, "model"' : '"model"');
}
