import type { RecordedRequest } from "../fakes/scripted-provider.ts";

/** A multipart request, read by Node's own parser: another one than the gateway's. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, { readonly name: string; readonly type: string; readonly bytes: Buffer }>>;
}

/** Reads what a provider was sent. Throws where it is no multipart body, or where a field came twice. */
export async function readForm({ body, headers }: RecordedRequest): Promise<Form> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
  const fields: Record<string, string> = {};
  const files: Record<string, Form["files"][string]> = {};
  for (const [name, value] of form) {
    if (name in fields || name in files) throw new Error(`Cannot read this form: "${name}" stands in it twice`);
    if (typeof value === "string") fields[name] = value;
    else files[name] = { name: value.name, type: value.type, bytes: Buffer.from(await value.arrayBuffer()) };
  }
  return { fields, files };
}
