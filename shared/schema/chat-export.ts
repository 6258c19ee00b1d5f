import * as z from "zod";
import { attachmentHashSchema, chatIdSchema, chatMessageSchema, chatParametersSchema, chatSettingsSchema, longestTitle } from "./chat.ts";

const moment = z.number().int().min(0);

/** A person's own system prompt and parameters, by a name. */
export const presetInputSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  system: z.string().max(100_000).default(""),
  parameters: chatParametersSchema.default({}),
  /** The model that it goes with; null where it goes with any. */
  model: z.string().min(1).max(512).nullable().default(null),
});

/** {@link presetInputSchema}'s values. */
export type PresetInput = z.output<typeof presetInputSchema>;

/** A preset with its id. */
export const presetSchema = presetInputSchema.extend({ id: chatIdSchema });

/** {@link presetSchema}'s values. */
export type Preset = z.output<typeof presetSchema>;

/** One chat as a file holds it: whole, with every branch. */
export const exportedChatSchema = z.strictObject({
  id: chatIdSchema,
  title: z.string().max(longestTitle),
  pinned: z.boolean(),
  settings: chatSettingsSchema,
  leafId: chatIdSchema.nullable(),
  createdAtMs: moment,
  updatedAtMs: moment,
  messages: z.array(chatMessageSchema).max(100_000),
});

/** {@link exportedChatSchema}'s values. */
export type ExportedChat = z.output<typeof exportedChatSchema>;

/** The file that chats are exported to and imported from. */
export const chatExportSchema = z.strictObject({
  format: z.literal("postern-chats"),
  version: z.literal(1),
  exportedAtMs: moment,
  chats: z.array(exportedChatSchema),
  presets: z.array(presetSchema).default([]),
  /** The attached files, in base64. One that is missing here stays missing. */
  attachments: z.array(z.strictObject({ hash: attachmentHashSchema, base64: z.base64() })).default([]),
});

/** {@link chatExportSchema}'s values. */
export type ChatExport = z.output<typeof chatExportSchema>;
