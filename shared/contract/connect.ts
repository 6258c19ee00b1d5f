import * as z from "zod";
import type { ContractEntry } from "./endpoint.ts";

/** What stands for the key wherever a text is shown: only the person's own screen puts the real one there. */
export const keyPlaceholder = "postern_THE_KEY";

/** An alias or a model's name that can be written into any shell and any file as it is. */
export const connectedModelSchema = z.string().regex(/^[\w@.:/+~-]{1,200}$/, "must be letters, digits and @ . _ : / + ~ -");

const toolConnectionSchema = z.object({
  /** `none`: no file of the tool's was changed. `changed`: somebody else changed one since. `moved`: Postern has another address now. */
  state: z.enum(["none", "applied", "changed", "moved"]),
  appliedAtMs: z.number().nullable(),
  model: z.string().nullable(),
  /** The files that were changed. */
  files: z.array(z.string()),
});

/** {@link toolConnectionSchema}'s values. */
export type ToolConnection = z.infer<typeof toolConnectionSchema>;

/** A tool, and how it stands on this machine. */
export const toolInfoSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["terminal", "editor", "app", "library"]),
  about: z.string(),
  grantName: z.string(),
  reach: z.object({ state: z.enum(["local", "limited", "none"]), why: z.string().nullable() }),
  /** Null for what cannot be looked for, such as a library. */
  found: z.object({ path: z.string(), version: z.string().nullable() }).nullable(),
  /** Whether it can be looked for at all. */
  canBeFound: z.boolean(),
  connection: toolConnectionSchema,
  /** The grant of its name; null where there is none. */
  grant: z.object({ id: z.string(), state: z.enum(["active", "paused", "expired"]), lastSeenAtMs: z.number().nullable() }).nullable(),
});

/** {@link toolInfoSchema}'s values. */
export type ToolInfo = z.infer<typeof toolInfoSchema>;

/** The shells that snippets are written for; `posix` is bash and zsh. */
export const shells = ["posix", "fish", "powershell", "cmd"] as const;

/** One of {@link shells}. */
export type Shell = (typeof shells)[number];

/** Everything that a person needs to connect a tool. Wherever the key belongs stands {@link keyPlaceholder}. */
export const toolGuideSchema = toolInfoSchema.extend({
  /** `http://127.0.0.1:8787/v1`, in the form that this tool takes. */
  baseUrl: z.string(),
  speaks: z.array(z.string()),
  needsModel: z.boolean(),
  /** The command that starts it with the environment that it needs; null where Postern cannot. It touches no file. */
  runCommand: z.string().nullable(),
  /** What sets the environment by hand. Empty where the tool reads none. */
  snippets: z.array(z.object({ shell: z.enum(shells), text: z.string() })),
  /** The config files that can be changed for the person. */
  files: z.array(z.object({ path: z.string(), format: z.string(), exists: z.boolean() })),
  steps: z.array(z.string()),
  code: z.array(z.object({ title: z.string(), language: z.string(), text: z.string() })),
  notes: z.array(z.string()),
  /** Variables that are set somewhere, and would lead the tool past Postern. Their values are not shown. */
  conflicts: z.array(z.object({ name: z.string(), where: z.string() })),
  docs: z.string(),
  verified: z.object({ on: z.string(), against: z.string() }),
});

/** {@link toolGuideSchema}'s values. */
export type ToolGuide = z.infer<typeof toolGuideSchema>;

const diffLineSchema = z.object({ kind: z.enum(["same", "added", "removed"]), text: z.string() });

/** One file as it would be changed. Values of keys and tokens are masked. */
export const fileChangeSchema = z.object({
  path: z.string(),
  isNew: z.boolean(),
  /** Whether it says already what it is to say. */
  isUnchanged: z.boolean(),
  /** Where it is a link: the file that it leads to. */
  target: z.string().nullable(),
  hunks: z.array(z.object({ oldStart: z.number(), newStart: z.number(), lines: z.array(diffLineSchema) })),
});

/** {@link fileChangeSchema}'s values. */
export type FileChange = z.infer<typeof fileChangeSchema>;

/** What a connection would change. */
export const connectionPreviewSchema = z.object({
  /** Names exactly this change of exactly these files: it is void as soon as one of them changes. */
  plan: z.string(),
  files: z.array(fileChangeSchema),
  /** Whether the key is written into one of them. */
  needsKey: z.boolean(),
});

/** {@link connectionPreviewSchema}'s values. */
export type ConnectionPreview = z.infer<typeof connectionPreviewSchema>;

/** Tools of this machine, and how they are led to Postern. A parameter `:tool` is a connector's id. */
export const connectContract = {
  listTools: { method: "GET", path: "/admin/tools", reply: z.object({ tools: z.array(toolInfoSchema) }) },
  getTool: {
    method: "GET",
    path: "/admin/tools/:tool",
    query: z.strictObject({ model: connectedModelSchema.optional() }),
    reply: toolGuideSchema,
  },
  /** Shows what would be changed; changes nothing. */
  previewConnection: {
    method: "POST",
    path: "/admin/tools/:tool/preview",
    body: z.strictObject({ model: connectedModelSchema.nullable() }),
    reply: connectionPreviewSchema,
  },
  /** Changes the files as the preview showed it, and keeps what they were. Refused where one of them changed since. */
  applyConnection: {
    method: "POST",
    path: "/admin/tools/:tool/apply",
    body: z.strictObject({
      model: connectedModelSchema.nullable(),
      plan: z.string().max(128),
      /** A local key of the tool's; needed where the preview said so. */
      key: z.string().max(256).nullable().default(null),
    }),
    reply: toolConnectionSchema,
  },
  /** Makes the files what they were before, byte for byte. Refused where one of them changed since. */
  undoConnection: { method: "POST", path: "/admin/tools/:tool/undo", reply: toolConnectionSchema },
  /** Leaves the files as they are, and forgets what they were before the last change: for a person who goes on with them as they are. */
  forgetConnection: { method: "POST", path: "/admin/tools/:tool/forget", reply: toolConnectionSchema },
} as const satisfies Record<string, ContractEntry>;
