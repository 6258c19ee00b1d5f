import * as z from "zod";
import { baseUrlSchema, providerIdSchema } from "./provider.ts";
import { aliasNameSchema } from "./routing-fields.ts";

const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/, 'must be a host name with an optional port, such as "host.docker.internal:8787"');
const webOrigin = z
  .string()
  .regex(/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/, 'must be an origin without a path, such as "http://localhost:3000"');

/** The model name that stands for the alias that is chosen as the default, where no alias of the person's own has it. */
export const defaultAliasName = "default";

const ownAddress = z
  .string()
  .max(253)
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]+)$/,
    'must be an address of this machine, such as "127.0.0.1", or "0.0.0.0" for every one',
  );

/** What a person can set about the gateway. `meta` feeds the window's rows, the docs and the published JSON Schema. */
export const gatewaySettingsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).default(8787).meta({
    title: "Port",
    help: "Where tools reach Postern on this machine; 0 takes any free one. Tools that were told the old port have to be told the new one.",
    environment: "POSTERN_PORT",
    flag: "--port",
  }),
  host: ownAddress.default("127.0.0.1").meta({
    title: "Address",
    help: "127.0.0.1 is for this machine alone. With any other, your network can reach Postern over plain HTTP.",
    environment: "POSTERN_HOST",
    flag: "--host",
  }),
  defaultAlias: aliasNameSchema.nullable().default(null).meta({
    title: "Default alias",
    help: 'What the model name "default" stands for. A tool that asks for "default" follows this choice, which the tray menu offers too.',
    kind: "alias",
  }),
  allowedHosts: z.array(hostAndPort).default([]).meta({
    title: "More host names",
    help: "Names besides localhost under which this machine may be called, such as host.docker.internal:8787.",
  }),
  allowedOrigins: z
    .array(webOrigin)
    .default([])
    .meta({ title: "Web pages that may call", help: "Origins of web pages that may call Postern with a key of yours." }),
  bringYourOwnKey: z
    .boolean()
    .default(true)
    .meta({ title: "Bring your own key", help: "Whether a tool may send a provider's own key, as the local Portkey gateway lets it." }),
  maxBodyBytes: z
    .int()
    .min(1024)
    .max(1_073_741_824)
    .default(67_108_864)
    .meta({ title: "Largest request", unit: "bytes", help: "A larger request is refused; a compressed one counts inflated." }),
  connectTimeoutMs: z
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .meta({ title: "Time to connect", group: "network", unit: "ms", help: "How long a provider may take to accept a connection." }),
  firstByteTimeoutMs: z.int().min(100).max(86_400_000).default(900_000).meta({
    title: "Time to the first byte",
    group: "network",
    unit: "ms",
    help: "Reasoning models may think for many minutes before they answer.",
  }),
  idleTimeoutMs: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(300_000)
    .meta({ title: "Longest silence", group: "network", unit: "ms", help: "How long an answer that has begun may pause." }),
});

/** Whether model servers on this machine are looked for. */
export const discoverySettingsSchema = z.strictObject({
  enabled: z.boolean().default(true).meta({
    title: "Find local model servers",
    help: "Looks for Ollama, LM Studio, llama.cpp and vLLM on this machine. They are used only after you accept them.",
  }),
});

const proxyAddress = z
  .url({ protocol: /^(https?|socks5h?)$/, error: "must be an address such as http://127.0.0.1:3128 or socks5://127.0.0.1:1080" })
  // config.json holds no secret, and addresses are shown where something is wrong with them.
  .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), "must not hold a user name or password; they belong into POSTERN_PROXY_CREDENTIALS")
  .refine((url) => /^[a-z0-9]+:\/\/[^/?#]+\/?$/.test(url), "must be a scheme, a host and a port, without a path");
const bypassedHost = z
  .string()
  .max(253)
  .regex(
    /^(\*?\.)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:\d{1,5})?$/,
    'must be a host, such as "models.lan", or an ending, such as ".lan"',
  );

/** How Postern reaches providers and model lists. Model servers on this machine are always reached directly. */
export const networkSettingsSchema = z.strictObject({
  proxy: proxyAddress.nullable().default(null).meta({
    title: "Proxy",
    help: "An HTTP or SOCKS5 proxy for everything that leaves this machine. A user name and password stand in POSTERN_PROXY_CREDENTIALS, as user:password.",
  }),
  proxyBypass: z.array(bypassedHost).max(200).default([]).meta({
    title: "Without the proxy",
    help: "Hosts that are reached directly: models.lan, 10.0.0.7:8000, or .lan for every host that ends so. This machine always is.",
  }),
  caFile: z.string().min(1).max(4_096).nullable().default(null).meta({
    title: "More certificate authorities",
    help: "The path of a PEM file. What it holds is trusted beside the authorities that come with Postern.",
    kind: "file",
  }),
  trustSystemCertificates: z.boolean().default(false).meta({
    title: "Trust this machine's certificates",
    help: "Also trusts the authorities that this machine's own store trusts, such as those of a company's proxy.",
  }),
});

/** {@link networkSettingsSchema}'s values. */
export type NetworkSettings = z.infer<typeof networkSettingsSchema>;

/** Where the model catalog comes from and how long it stays fresh. */
export const catalogSettingsSchema = z.strictObject({
  ttlSeconds: z
    .int()
    .min(10)
    .max(2_592_000)
    .default(3600)
    .meta({ title: "Model lists stay fresh for", unit: "s", help: "After this they are fetched anew." }),
  fallback: z.array(providerIdSchema).max(16).default([]).meta({
    title: "Gateways to try next",
    help: "Where a model is looked for when the gateway that was named cannot be reached.",
  }),
  sources: z
    .record(
      providerIdSchema,
      z.strictObject({
        baseUrl: baseUrlSchema
          .refine((url) => !url.includes("{"), "must be a whole URL, without placeholders")
          .optional()
          .meta({ title: "Base URL", help: "Where the list is asked for, if not at the provider's own base URL." }),
        enabled: z
          .boolean()
          .default(true)
          .meta({ title: "Enabled", help: "Whether this source is asked, and what is known of it is shown." }),
        weight: z
          .number()
          .min(0)
          .max(1000)
          .default(1)
          .meta({ title: "Weight", help: "Greater is asked first where no gateway was named; 0 is asked only by name." }),
        ttlSeconds: z
          .int()
          .min(10)
          .max(2_592_000)
          .optional()
          .meta({ title: "Stays fresh for", unit: "s", help: "In place of the catalog's own time." }),
      }),
    )
    .default({})
    .meta({ title: "Sources", help: "By the provider's id; also models.dev and huggingface." }),
});

/** What the log file says: each level with those before it. */
export const logLevels = ["silent", "error", "warn", "info", "debug"] as const;

/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** Who may see how Postern does. Nothing leaves the machine until an address is set. */
export const observabilitySettingsSchema = z.strictObject({
  logLevel: z.enum(logLevels).default("info").meta({
    title: "Log file",
    help: "What logs/postern.log says: at debug every call, at warn those that failed. Never a prompt, an answer or a key.",
  }),
  otlpEndpoint: z
    .url({ protocol: /^https?$/, error: "must be an http or https address, such as http://127.0.0.1:4318" })
    // config.json holds no secret, and addresses are shown where something is wrong with them.
    .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), "must not hold a user name or password; they belong into OTEL_EXPORTER_OTLP_HEADERS")
    .nullable()
    .default(null)
    .meta({
      title: "OpenTelemetry collector",
      help: "Where traces and metrics of calls go, over OTLP/HTTP; null sends none. A collector's key stands in OTEL_EXPORTER_OTLP_HEADERS.",
    }),
});
