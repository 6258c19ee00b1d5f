import type { ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Checkbox } from "../../../parts/choices.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { formatDuration } from "../../../text/format.ts";
import { type Say, useText } from "../../../text/texts.ts";
import { idOfNode, type NodePath, patchNode } from "../draft/nodes.ts";
import { Disclosure } from "./disclosure.tsx";
import { useForm } from "./form-context.ts";
import { ParameterRows } from "./parameter-rows.tsx";
import { BreakerFields, HedgeFields } from "./resilience-fields.tsx";
import { useTextValue, writeParameter } from "./text-value.ts";
import { NumberField, StatusesField } from "./value-fields.tsx";

const second = 1_000;
/** From here on a cache's age counts in milliseconds, as Portkey's configs mean it. */
const leastMilliseconds = 60_000;

/** Members that some other part of the form shows. */
const shown = new Set(
  "name provider model config virtual_key weight targets strategy retry request_timeout deadline cache override_params default_params hedge circuit_breaker custom_host forward_headers".split(
    " ",
  ),
);

/** How a target, or all targets of a group, are called: retries, limits, cache, parameters and the rest. */
export function OptionsOf({ node, path }: { readonly node: StoredConfig; readonly path: NodePath }): ReactNode {
  const say = useText("aliases");
  const { change, messageAt, isOpen, setOpen } = useForm();
  const set = (members: Partial<StoredConfig>): void => change(path, (former) => patchNode(former, members));
  const group = (
    name: string,
    title: string,
    summary: string | null,
    members: readonly (keyof StoredConfig)[],
    children: ReactNode,
  ): ReactNode => {
    const id = `${idOfNode(node)}-${name}`;
    const wrong = members.map((member) => messageAt(path, member)).find((message) => message !== null) ?? null;
    return (
      <Disclosure
        key={name}
        title={title}
        summary={wrong ?? summary ?? say("notSet")}
        isSet={summary !== null}
        isWrong={wrong !== null}
        isOpen={isOpen(id)}
        onToggle={(next) => setOpen(id, next)}
      >
        <div className="flex flex-col gap-4">{children}</div>
      </Disclosure>
    );
  };
  const others = Object.keys(node).filter((key) => !shown.has(key));
  return (
    <div className="flex flex-col">
      {group("retry", say("retries"), describeRetry(node, say), ["retry"], <RetryFields node={node} path={path} />)}
      {group(
        "limits",
        say("limits"),
        describeLimits(node, say),
        ["request_timeout", "deadline"],
        <div className="grid grid-cols-2 gap-4">
          <NumberField
            label={say("requestTimeout")}
            help={say("requestTimeoutHelp")}
            unit={say("seconds")}
            scale={second}
            value={node.request_timeout}
            onChange={(value) => set({ request_timeout: value })}
            error={messageAt(path, "request_timeout")}
          />
          <NumberField
            label={say("deadline")}
            help={say("deadlineHelp")}
            unit={say("seconds")}
            scale={second}
            value={node.deadline}
            onChange={(value) => set({ deadline: value })}
            error={messageAt(path, "deadline")}
          />
        </div>,
      )}
      {group(
        "parameters",
        say("parameters"),
        describeParameters(node, say),
        ["override_params", "default_params"],
        <>
          <ParameterRows
            title={say("overrideParams")}
            help={say("overrideParamsHelp")}
            add={say("addParameter")}
            hasUsualNames
            value={node.override_params}
            onChange={(value) => set({ override_params: value as StoredConfig["override_params"] })}
            error={messageAt(path, "override_params")}
          />
          <ParameterRows
            title={say("defaultParams")}
            help={say("defaultParamsHelp")}
            add={say("addParameter")}
            hasUsualNames
            value={node.default_params}
            onChange={(value) => set({ default_params: value as StoredConfig["default_params"] })}
            error={messageAt(path, "default_params")}
          />
        </>,
      )}
      {group(
        "cache",
        say("cache"),
        describeCache(node, say),
        ["cache"],
        <>
          <Checkbox
            words={say("cacheOn")}
            checked={node.cache !== undefined}
            onChange={(isOn) => set({ cache: isOn ? { mode: "simple" } : undefined })}
          />
          {node.cache === undefined ? null : (
            <NumberField
              label={say("cacheAge")}
              help={say("cacheAgeHelp")}
              unit={say("seconds")}
              placeholder="86400"
              value={ageInSeconds(node.cache.max_age)}
              onChange={(seconds) => set({ cache: { mode: "simple", ...(seconds === undefined ? {} : { max_age: ageOf(seconds) }) } })}
              error={messageAt(path, "cache", "max_age")}
            />
          )}
        </>,
      )}
      {group("breaker", say("breaker"), describeBreaker(node, say), ["circuit_breaker"], <BreakerFields node={node} path={path} />)}
      {group(
        "hedge",
        say("hedge"),
        node.hedge === undefined ? null : say("hedgeSet", { time: formatDuration(node.hedge.after_ms) }),
        ["hedge"],
        <HedgeFields node={node} path={path} />,
      )}
      {group(
        "sending",
        say("sending"),
        describeSending(node),
        ["custom_host", "forward_headers"],
        <SendingFields node={node} path={path} />,
      )}
      {others.length === 0 ? null : (
        <p className="px-2 pt-2 pb-1 text-small text-ink-muted">{say("othersInJson", { names: others.join(", ") })}</p>
      )}
    </div>
  );
}

function RetryFields({ node, path }: { readonly node: StoredConfig; readonly path: NodePath }): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const set = (retry: StoredConfig["retry"]): void => change(path, (former) => patchNode(former, { retry }));
  const { retry } = node;
  return (
    <div className="grid grid-cols-2 gap-4">
      <NumberField
        label={say("attempts")}
        help={say("attemptsHelp")}
        placeholder="0"
        value={retry?.attempts}
        onChange={(attempts) => set(attempts === undefined ? undefined : { ...retry, attempts })}
        error={messageAt(path, "retry", "attempts")}
      />
      {retry === undefined ? null : (
        <StatusesField
          label={say("retryStatuses")}
          help={say("statusesHelp")}
          placeholder="429, 500, 502, 503, 504, 529"
          value={retry.on_status_codes}
          onChange={(statuses) => set({ ...retry, on_status_codes: statuses })}
          error={messageAt(path, "retry", "on_status_codes")}
        />
      )}
    </div>
  );
}

function SendingFields({ node, path }: { readonly node: StoredConfig; readonly path: NodePath }): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const set = (members: Partial<StoredConfig>): void => change(path, (former) => patchNode(former, members));
  const [headers, setHeaders] = useTextValue<readonly string[] | undefined>(node.forward_headers, {
    write: (names) => names?.join(", ") ?? "",
    read: (text) => {
      const names = text.split(/[\s,;]+/).filter((name) => name !== "");
      return names.length === 0 ? undefined : names;
    },
    onChange: (names) => set({ forward_headers: names === undefined ? undefined : [...names] }),
  });
  return (
    <>
      <Field label={say("customHost")} help={say("customHostHelp")} error={messageAt(path, "custom_host")}>
        <Input
          value={node.custom_host ?? ""}
          placeholder="https://example.com/v1"
          onChange={(event) => set({ custom_host: event.target.value === "" ? undefined : event.target.value })}
        />
      </Field>
      <Field label={say("forwardHeaders")} help={say("forwardHeadersHelp")} error={messageAt(path, "forward_headers")}>
        <Input value={headers} placeholder="x-session-id" onChange={(event) => setHeaders(event.target.value)} />
      </Field>
    </>
  );
}

function describeRetry({ retry }: StoredConfig, say: Say<"aliases">): string | null {
  if (retry === undefined) return null;
  const on = retry.on_status_codes;
  return on === undefined ? say("retrySet", { count: retry.attempts }) : `${say("retrySet", { count: retry.attempts })}: ${on.join(", ")}`;
}

function describeLimits(node: StoredConfig, say: Say<"aliases">): string | null {
  const parts = [
    node.request_timeout === undefined ? null : say("timeoutSet", { time: formatDuration(node.request_timeout) }),
    node.deadline === undefined ? null : say("deadlineSet", { time: formatDuration(node.deadline) }),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ");
}

function describeParameters(node: StoredConfig, say: Say<"aliases">): string | null {
  const write = (params: Readonly<Record<string, unknown>>): string =>
    Object.entries(params)
      .map(([name, value]) => `${name} ${writeParameter(value)}`)
      .join(", ");
  const parts = [
    node.override_params === undefined ? null : write(node.override_params),
    node.default_params === undefined ? null : say("defaultsSet", { names: write(node.default_params) }),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ");
}

function describeCache({ cache }: StoredConfig, say: Say<"aliases">): string | null {
  return cache === undefined ? null : say("cacheSet", { time: formatDuration((ageInSeconds(cache.max_age) ?? 86_400) * second) });
}

function describeBreaker({ circuit_breaker: breaker }: StoredConfig, say: Say<"aliases">): string | null {
  if (breaker === undefined) return null;
  if (breaker.enabled === false) return say("breakerOff");
  return breaker.failure_threshold === undefined ? say("breakerChanged") : say("breakerAfter", { count: breaker.failure_threshold });
}

function describeSending(node: StoredConfig): string | null {
  const parts = [node.custom_host, node.forward_headers?.join(", ")].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(" · ");
}

function ageInSeconds(age: number | undefined): number | undefined {
  return age === undefined || age < leastMilliseconds ? age : age / second;
}

function ageOf(seconds: number): number {
  return seconds < leastMilliseconds ? seconds : seconds * second;
}
