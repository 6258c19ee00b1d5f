/** What is asked of the model catalog. */
export type CatalogCall =
  | { readonly call: "models" | "compare" | "gateways" | "refresh" }
  | { readonly call: "model"; readonly provider: string; readonly model: string }
  | { readonly call: "forget"; readonly gateway: string };

/** A catalog's path, or which method it wants; null where there is no such path. */
export type CatalogMatch =
  | { readonly kind: "catalog"; readonly catalog: CatalogCall }
  | { readonly kind: "wrong-method"; readonly allow: string };

const plainCalls: ReadonlyMap<string, "models" | "compare" | "gateways"> = new Map([
  ["/catalog/models", "models"],
  ["/catalog/compare", "compare"],
  ["/catalog/gateways", "gateways"],
]);

const modelPrefix = "/catalog/model/";
const cachePrefix = "/catalog/cache/";

/** Finds what a path under `/catalog/` asks for. @param path without the query; never normalised */
export function matchCatalog(method: string, path: string): CatalogMatch | null {
  const isReading = method === "GET" || method === "HEAD";
  const plain = plainCalls.get(path);
  if (plain !== undefined) return isReading ? asked({ call: plain }) : wrong("GET, HEAD");
  if (path === "/catalog/refresh") return method === "POST" ? asked({ call: "refresh" }) : wrong("POST");
  if (path.startsWith(cachePrefix)) {
    const gateway = path.slice(cachePrefix.length);
    if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(gateway)) return null;
    return method === "DELETE" ? asked({ call: "forget", gateway }) : wrong("DELETE");
  }
  if (!path.startsWith(modelPrefix)) return null;
  const name = readName(path.slice(modelPrefix.length));
  if (name === null) return null;
  return isReading ? asked({ call: "model", ...name }) : wrong("GET, HEAD");
}

function asked(catalog: CatalogCall): CatalogMatch {
  return { kind: "catalog", catalog };
}

function wrong(allow: string): CatalogMatch {
  return { kind: "wrong-method", allow };
}

/** `{provider}/{model}`; the model may hold slashes of its own. */
function readName(encoded: string): { readonly provider: string; readonly model: string } | null {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    return null;
  }
  if (!/^[\w.:@+-]{1,64}(?:\/[\w.:@+-]{1,200}){1,4}$/.test(name) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(name)) return null;
  const slash = name.indexOf("/");
  return { provider: name.slice(0, slash).replace(/^@/, ""), model: name.slice(slash + 1) };
}
