const mostBytes = 16_384;

/**
 * Reads `x-portkey-metadata`, a JSON object. As in Portkey's gateway, what is no JSON object is no metadata: tools send
 * it for their own records, and a call must not fail for it.
 */
export function readMetadata(header: string | null | undefined): Readonly<Record<string, unknown>> {
  if (header === null || header === undefined || header.length > mostBytes) return noMetadata;
  try {
    const value: unknown = JSON.parse(header);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : noMetadata;
  } catch {
    return noMetadata;
  }
}

const noMetadata: Readonly<Record<string, unknown>> = {};
