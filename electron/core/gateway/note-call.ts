import type { EndpointId } from "#shared/schema/endpoint.ts";
import type { RouteCall } from "#core/routing/route-types.ts";
import type { Exchange } from "./exchange.ts";

/** It goes into the log, to a collector and back to the client. */
const longestTraceId = 256;
const mostMetadataLength = 4_096;

/** Notes for the log what a call's headers say of it. */
export function noteCall({ head, record }: Exchange, route: RouteCall, endpoint: EndpointId | "passthrough"): void {
  record.endpoint = endpoint;
  record.traceId = head.portkey?.get("trace-id")?.slice(0, longestTraceId) ?? null;
  record.metadata = metadataText(route.inputs.metadata);
}

/** What the log keeps of the caller's own words; too many of them are left out as a whole, as half of them mean nothing. */
function metadataText(metadata: Readonly<Record<string, unknown>>): string | null {
  for (const _name in metadata) {
    const text = JSON.stringify(metadata);
    return text.length > mostMetadataLength ? null : text;
  }
  return null;
}
