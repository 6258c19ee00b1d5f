import { PosternError } from "#shared/errors.ts";
import { pathOf } from "#shared/path-of.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";
import { type CallConfig, callConfigSchema } from "#shared/schema/routing.ts";
import type { Caller } from "#core/access/identify-caller.ts";
import { formatPath } from "#core/config/read-config.ts";
import { readOptionHeaders } from "#core/routing/provider-options.ts";
import { readMetadata } from "#core/routing/read-metadata.ts";
import type { RouteCall } from "#core/routing/route-types.ts";
import { headerOf } from "./attempt-headers.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What the `x-portkey-*` headers say about where the call goes.
 *
 * @throws {PosternError} naming the header whose value cannot be used
 */
export function readRouteHeaders({ head, request, allowance }: Exchange, caller: Caller, endpoint: EndpointId | null): RouteCall {
  const { portkey } = head;
  const config = readConfigHeader(portkey?.get("config"));
  if (allowance !== null && config !== null && typeof config !== "string") allowance.readConfig(config);
  return {
    endpoint,
    model: null,
    config,
    provider: portkey?.get("provider")?.trim() || null,
    keyName: portkey?.get("virtual-key")?.trim() || null,
    ownKey: caller.ownKey,
    hasGrant: caller.grant !== null,
    customHost: readCustomHost(portkey?.get("custom-host")),
    retries: readWholeNumber(portkey?.get("retry"), "x-portkey-retry"),
    requestTimeoutMs: readWholeNumber(portkey?.get("request-timeout"), "x-portkey-request-timeout") || null,
    forwardHeaders: readForwardHeaders(portkey?.get("forward-headers")),
    strictOpenAiCompliance: readStrictness(portkey?.get("strict-open-ai-compliance")),
    providerOptions: readOptionHeaders(portkey),
    inputs: {
      metadata: readMetadata(portkey?.get("metadata")),
      pathname: pathOf(request),
      param: () => undefined,
      header: (name) => headerOf(request.rawHeaders, name),
    },
    needs: null,
    guard: allowance,
  };
}

function readForwardHeaders(text: string | undefined): readonly string[] | null {
  if (text === undefined || text.trim() === "") return null;
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  const result = callConfigSchema.safeParse({ provider: "openai", forward_headers: names.filter((name) => name !== "") });
  if (result.success) return result.data.forward_headers ?? null;
  throw new PosternError(
    "invalid_value",
    `Cannot forward these headers: "forward_headers" ${result.error.issues[0]?.message ?? "is not valid"}`,
    {
      param: "x-portkey-forward-headers",
    },
  );
}

function readStrictness(text: string | undefined): boolean | null {
  if (text === undefined || text.trim() === "") return null;
  return text.trim().toLowerCase() !== "false";
}

function readConfigHeader(text: string | undefined): CallConfig | string | null {
  const trimmed = text?.trim() ?? "";
  if (trimmed === "") return null;
  if (!trimmed.startsWith("{")) return trimmed;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    throw new PosternError("invalid_config", "Invalid config passed. You need to pass a valid json", {
      param: "x-portkey-config",
      cause: error,
    });
  }
  const result = callConfigSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined ? "" : formatPath(placeOf(issue));
  throw new PosternError(
    "invalid_config",
    `Invalid config passed: ${where === "" ? "it" : where} ${issue === undefined ? "is not valid" : wordsFor(issue)}`,
    {
      param: "x-portkey-config",
      details: result.error.issues.map((one) => `path: ${placeOf(one).map(String).join(",")}, message: ${wordsFor(one)}`),
    },
  );
}

type Issue = NonNullable<ReturnType<typeof callConfigSchema.safeParse>["error"]>["issues"][number];

function placeOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
}

function wordsFor(issue: Issue): string {
  return issue.code === "unrecognized_keys" ? "is not known here; check the spelling" : issue.message;
}

function readCustomHost(text: string | undefined): string | null {
  if (text === undefined || text.trim() === "") return null;
  const result = callConfigSchema.safeParse({ provider: "openai", custom_host: text.trim() });
  if (result.success) return text.trim();
  throw new PosternError("invalid_value", `Invalid custom host: it ${result.error.issues[0]?.message ?? "is not a URL"}`, {
    param: "x-portkey-custom-host",
  });
}

function readWholeNumber(text: string | undefined, name: string): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 86_400_000) return value;
  throw new PosternError("invalid_value", `Cannot use "${name}": it must be a whole number, found ${JSON.stringify(text.slice(0, 40))}`, {
    param: name,
  });
}
