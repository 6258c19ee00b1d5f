import * as z from "zod";

/** The systems that paths differ by. */
export const systems = ["linux", "macos", "windows"] as const;

/** One of {@link systems}. */
export type System = (typeof systems)[number];

/**
 * A path with a beginning that differs: `~` the home folder, `{config}` XDG's folder of settings, `{appdata}` and
 * `{localappdata}` Windows's, `{support}` macOS's `Application Support`, `{programs}` where the system installs programs.
 */
const pathTemplate = z
  .string()
  .regex(/^(~|\{(config|appdata|localappdata|support|programs)\})(\/[^/\\]+)+$/, "must begin with ~ or a known folder");

/** One path for all systems, or one for each that has it. */
const pathsSchema = z.union([pathTemplate, z.strictObject({ linux: pathTemplate, macos: pathTemplate, windows: pathTemplate }).partial()]);

/** {@link pathsSchema}'s values. */
export type ConnectorPaths = z.infer<typeof pathsSchema>;

/** Texts in which `{origin}`, `{key}` and `{model}` are filled in. What needs a model is left out where none was chosen. */
const template = z.string();

const place = z.array(template.min(1)).max(8);

/** What is changed in a config file: one value, or one entry of a list, which is known by one of its fields. */
const configChangeSchema = z.union([
  /** `unlessSet` leaves alone what stands there. */
  z.strictObject({ at: place.min(1), value: z.json(), unlessSet: z.boolean().optional() }),
  z.strictObject({ at: place, entry: z.record(z.string(), z.json()), by: z.string() }),
]);

/** The formats that Postern can change without touching what else stands in a file. */
export const configFormats = ["json", "toml", "yaml", "env"] as const;

/** One of {@link configFormats}. `json` takes comments and trailing commas. */
export type ConfigFormat = (typeof configFormats)[number];

const configFileSchema = z.strictObject({
  path: pathsSchema,
  /** A variable that names another folder for the file. */
  folderVariable: z.string().optional(),
  format: z.enum(configFormats),
  changes: z.array(configChangeSchema).min(1),
});

/** {@link configFileSchema}'s values. */
export type ConnectorFile = z.infer<typeof configFileSchema>;

/** A tool that Postern can be connected to: one JSON file in `assets/connectors/`. */
export const connectorSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: z.string().min(1),
  kind: z.enum(["terminal", "editor", "app", "library"]),
  /** In one sentence. */
  about: z.string(),
  /** What the tool's grant is called: `postern run` gives it the same rights. */
  grantName: z.string().regex(/^[\w.-]{1,64}$/),
  /** Whether the tool can call this machine at all, and where it cannot, why and what can be done. */
  reach: z.discriminatedUnion("state", [
    z.strictObject({ state: z.literal("local") }),
    z.strictObject({ state: z.literal("limited"), why: z.string() }),
    z.strictObject({ state: z.literal("none"), why: z.string() }),
  ]),
  /** What it speaks, as paths of Postern. */
  speaks: z.array(z.string()).min(1),
  /** What the tool takes for the address: with `/v1` or without. */
  baseUrl: template,
  /** Whether it can do nothing before a model is chosen for it. */
  needsModel: z.boolean().default(false),
  detect: z
    .strictObject({
      /** Names on PATH. */
      programs: z.array(z.string()).default([]),
      /** Folders or files that are there where the tool is installed. A last part may end in `*`. */
      paths: z.array(pathsSchema).default([]),
    })
    .prefault({}),
  /** Its name in `shared/tools.ts`, whose environment the snippets show. */
  run: z.string().nullable().default(null),
  /** The environment of one that is not in `shared/tools.ts`. */
  environment: z.record(z.string(), template).default({}),
  files: z.array(configFileSchema).max(3).default([]),
  /** What the person has to do by hand, in order; behind the files, where there are some. */
  steps: z.array(template).default([]),
  /** Code for libraries, and settings that a person pastes. */
  code: z.array(z.strictObject({ title: z.string(), language: z.string(), text: template })).default([]),
  notes: z.array(z.string()).default([]),
  docs: z.url({ protocol: /^https$/ }),
  /** When somebody last looked whether this is so, and at what. */
  verified: z.strictObject({ on: z.iso.date(), against: z.string() }),
});

/** {@link connectorSchema}'s values. */
export type Connector = z.output<typeof connectorSchema>;
