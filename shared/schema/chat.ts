import * as z from "zod";

/** How long a chat's title may be. */
export const longestTitle = 200;
/** How many models may answer side by side. */
export const mostModels = 4;
/** The largest file that can be attached. */
export const mostAttachmentBytes = 20 * 1_048_576;

/** A chat's, a message's or a preset's id: whoever makes one names it, so that saving it twice makes one. */
export const chatIdSchema = z.uuid();

const model = z.string().min(1).max(512);
const whole = z.number().int();

/** What a model is asked to do differently; what is left out is the model's own default. */
export const chatParametersSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxTokens: whole.min(1).max(10_000_000).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  seed: whole.optional(),
  stop: z.array(z.string().min(1).max(200)).max(4).optional(),
  reasoningEffort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).optional(),
});

/** {@link chatParametersSchema}'s values. */
export type ChatParameters = z.infer<typeof chatParametersSchema>;

/** What holds for a chat's next answer. */
export const chatSettingsSchema = z.strictObject({
  /** Models or aliases, as the gateway knows them; more than one answer side by side. */
  models: z.array(model).max(mostModels).default([]),
  system: z.string().max(100_000).default(""),
  parameters: chatParametersSchema.default({}),
  /** The preset that the system prompt and the parameters came from. */
  presetId: chatIdSchema.nullable().default(null),
});

/** {@link chatSettingsSchema}'s values. */
export type ChatSettings = z.output<typeof chatSettingsSchema>;

/** The SHA-256 of a file, in hexadecimal. */
export const attachmentHashSchema = z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal");

/** A file that a message came with: what it is called, and by which hash its bytes are found. */
export const attachmentSchema = z.strictObject({
  type: z.literal("attachment"),
  hash: attachmentHashSchema,
  name: z.string().min(1).max(255),
  /** `image/png`; as the browser said, and nothing to rely on. */
  mediaType: z
    .string()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/, "must be a media type, such as image/png"),
  bytes: whole.min(0),
});

/** {@link attachmentSchema}'s values. */
export type Attachment = z.infer<typeof attachmentSchema>;

const longText = z.string().max(4_000_000);

/** One part of a message, in the order in which they came. All text is a person's or a model's: never to be trusted. */
export const messagePartSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), text: longText }),
  z.strictObject({ type: z.literal("reasoning"), text: longText, durationMs: z.number().min(0).nullable() }),
  z.strictObject({
    type: z.literal("tool-call"),
    id: z.string().max(512),
    name: z.string().max(512),
    /** JSON, as the model wrote it. */
    arguments: longText,
    result: longText.nullable(),
  }),
  attachmentSchema,
]);

/** {@link messagePartSchema}'s values. */
export type MessagePart = z.infer<typeof messagePartSchema>;

const count = whole.min(0).nullable().default(null);
const duration = z.number().min(0).nullable().default(null);

/** What an answer came from and what it took. What is not known is null. */
export const messageDetailsSchema = z.strictObject({
  modelAsked: model.nullable().default(null),
  modelAnswered: model.nullable().default(null),
  provider: z.string().max(128).nullable().default(null),
  inputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  /** Millionths of a US dollar. */
  costMicroUsd: z.number().min(0).nullable().default(null),
  firstByteMs: duration,
  totalMs: duration,
  tokensPerSecond: duration,
  /** Why it was not answered, or not wholly. */
  error: z
    .strictObject({ code: z.string().max(128).nullable(), message: z.string().max(4_000), status: whole.nullable() })
    .nullable()
    .default(null),
  /** What the answers that were asked for side by side have in common. */
  comparisonId: chatIdSchema.nullable().default(null),
});

/** {@link messageDetailsSchema}'s values. */
export type MessageDetails = z.output<typeof messageDetailsSchema>;

/** How an answer ended: `length` where the model ran into its limit, `broken` where something failed. */
export const messageEndings = ["finished", "length", "stopped", "broken"] as const;

/** One of {@link messageEndings}. */
export type MessageEnding = (typeof messageEndings)[number];

/** What is said of a message that is saved. */
export const messageInputSchema = z.strictObject({
  /** The message that it answers; null for the first. A message that was edited or answered anew is another child of the same one. */
  parentId: chatIdSchema.nullable(),
  role: z.enum(["user", "assistant"]),
  parts: z.array(messagePartSchema).max(500),
  details: messageDetailsSchema.prefault({}),
  /** Null while it is written. */
  ending: z.enum(messageEndings).nullable(),
  createdAtMs: whole.min(0),
});

/** {@link messageInputSchema}'s values. */
export type MessageInput = z.output<typeof messageInputSchema>;

/** A message of a chat's tree. */
export const chatMessageSchema = messageInputSchema.extend({ id: chatIdSchema });

/** {@link chatMessageSchema}'s values. */
export type ChatMessage = z.output<typeof chatMessageSchema>;

/** Whether and for how long chats are kept. `meta` feeds the window's rows, the docs and the published JSON Schema. */
export const chatKeepingSchema = z.strictObject({
  keep: z.boolean().default(true).meta({
    title: "Keep chats",
    help: "Off: no chat is written to disk, each ends with its page. Chats that are there stay until you delete them.",
  }),
  retentionDays: z.int().min(0).max(36_500).default(0).meta({
    title: "Delete chats after",
    unit: "days",
    help: "Days since the last message; 0 keeps chats for good. A pinned chat always stays.",
  }),
});

/** {@link chatKeepingSchema}'s values. */
export type ChatKeeping = z.output<typeof chatKeepingSchema>;
