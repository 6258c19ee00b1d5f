import * as z from "zod";
import { chatKeepingSchema } from "./chat.ts";
import { desktopSettingsSchema } from "./desktop-settings.ts";
import { providerIdSchema } from "./provider.ts";
import { aliasNameSchema, storedConfigSchema } from "./routing.ts";
import {
  catalogSettingsSchema,
  discoverySettingsSchema,
  gatewaySettingsSchema,
  networkSettingsSchema,
  observabilitySettingsSchema,
} from "./settings.ts";
import { ownPricesSchema, usageSettingsSchema } from "./usage.ts";
import {
  appearanceSettingsSchema,
  newChatSettingsSchema,
  favouritesSettingsSchema,
  shortcutsSettingsSchema,
  windowSettingsSchema,
} from "./window-settings.ts";

/**
 * What config.json says about one provider: fields that replace a built-in row's, or a whole row of the person's own.
 * The fields themselves are checked after the merge, by `providerSchema`.
 */
export const providerOverrideSchema = z.looseObject({
  /** False takes the provider out; true accepts a model server on this machine. */
  enabled: z.boolean().optional(),
  /** What the base URL's `{placeholders}` take, such as `{ "resource": "my-azure" }`. */
  values: z.record(z.string(), z.string().regex(/^[A-Za-z0-9._-]+$/, "must hold only letters, digits and . _ -")).optional(),
});

/** {@link providerOverrideSchema}'s values. */
export type ProviderOverride = z.infer<typeof providerOverrideSchema>;

/** config.json: everything that a person decides. Strict, so that a slip of the pen is found and named. */
export const configFileSchema = z.strictObject({
  $schema: z.string().optional(),
  gateway: gatewaySettingsSchema.prefault({}),
  network: networkSettingsSchema.prefault({}),
  providers: z.record(providerIdSchema, providerOverrideSchema).default({}),
  aliases: z.record(aliasNameSchema, storedConfigSchema).default({}),
  configs: z.record(aliasNameSchema, storedConfigSchema).default({}),
  discovery: discoverySettingsSchema.prefault({}),
  catalog: catalogSettingsSchema.prefault({}),
  usage: usageSettingsSchema.prefault({}),
  prices: ownPricesSchema.default({}),
  chats: chatKeepingSchema.prefault({}),
  observability: observabilitySettingsSchema.prefault({}),
  appearance: appearanceSettingsSchema.prefault({}),
  chat: newChatSettingsSchema.prefault({}),
  shortcuts: shortcutsSettingsSchema.prefault({}),
  favourites: favouritesSettingsSchema.prefault({}),
  window: windowSettingsSchema.prefault({}),
  desktop: desktopSettingsSchema.prefault({}),
});

/** {@link configFileSchema}'s values, with every default filled in. */
export type ConfigFile = z.infer<typeof configFileSchema>;
