/**
 * The path of a chat call under `.../v1beta` or `.../publishers/google`.
 *
 * @param target.model with or without `models/` before it; `tunedModels/NAME` keeps its collection
 */
export function chatPath(target: { readonly model: string; readonly stream: boolean }): string {
  return modelPath(target.model) + (target.stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

/** The path of a call that counts tokens. */
export function countTokensPath(model: string): string {
  return `${modelPath(model)}:countTokens`;
}

/** The resource name of a model: `models/NAME`. */
export function modelName(model: string): string {
  const name = model.replace(/^publishers\/google\//, "");
  return /^(?:models|tunedModels)\/./.test(name) ? name : `models/${name}`;
}

function modelPath(model: string): string {
  // A dot segment would walk out of the collection, so that such a name is encoded with its slashes.
  const segments = modelName(model).split("/");
  const [collection, ...rest] = segments;
  const isPlain = rest.every((segment) => segment !== "" && segment !== "." && segment !== "..");
  return `/${collection}/${isPlain ? rest.map(encodeURIComponent).join("/") : encodeURIComponent(rest.join("/"))}`;
}
