import i18next from "i18next";

/**
 * The message catalogue by its parts: each file of `en/` adds its own with
 * `declare module "../texts.ts" { interface Texts { readonly chat: typeof chat } }`.
 */
// An interface, since every part adds to it.
export interface Texts {}

type Plural = "zero" | "one" | "two" | "few" | "many" | "other";

/** The names of a part's messages; `tokens_one` and `tokens_other` are one message, `tokens`, chosen by `count`. */
export type TextKey<Part> = keyof Part extends infer Key ? (Key extends `${infer Stem}_${Plural}` ? Stem : Key & string) : never;

/** Says a message: `say("tokens", { count: 3 })`. Values go in as they are; React writes them as text. */
export type Say<Name extends keyof Texts> = (key: TextKey<Texts[Name]>, values?: Readonly<Record<string, string | number>>) => string;

const files = import.meta.glob<Readonly<Record<string, Readonly<Record<string, string>>>>>("./en/*.ts");

const sayers = new Map<string, (key: string, values?: object) => string>();

/** Makes the catalogue ready. Parts come later, with the pages that speak them. */
export async function openTexts(): Promise<void> {
  await i18next.init({
    lng: "en",
    fallbackLng: "en",
    // React escapes what it writes.
    interpolation: { escapeValue: false },
    keySeparator: false,
    nsSeparator: false,
    returnNull: false,
  });
}

/** Loads parts of the catalogue. @throws {Error} where a part has no file */
export async function loadTexts(...names: readonly (keyof Texts)[]): Promise<void> {
  await Promise.all(
    names.map(async (name) => {
      if (i18next.hasResourceBundle("en", name)) return;
      const load = files[`./en/${fileNameOf(name)}.ts`];
      if (load === undefined) throw new Error(`Cannot load the texts "${name}": renderer/text/en has no such file`);
      const part = (await load())[name];
      if (part === undefined) throw new Error(`Cannot load the texts "${name}": its file exports no such name`);
      i18next.addResourceBundle("en", name, part);
    }),
  );
}

/** The messages of one part, which {@link loadTexts} has loaded. The same function each time, for what depends on it. */
export function useText<Name extends keyof Texts>(name: Name): Say<Name> {
  return textOf(name);
}

/** The same outside of React: commands, toasts, errors. */
export function textOf<Name extends keyof Texts>(name: Name): Say<Name> {
  let say = sayers.get(name);
  if (say === undefined) {
    say = (key, values) => i18next.t(key, { ...values, ns: name as string });
    sayers.set(name, say);
  }
  return say as unknown as Say<Name>;
}

/** `firstRun` stands in `first-run.ts`. */
function fileNameOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
