import type { ReactNode } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { Checkbox } from "../../../parts/choices.tsx";
import { useText } from "../../../text/texts.ts";
import { type NodePath, patchNode } from "../draft/nodes.ts";
import { useForm } from "./form-context.ts";
import { NumberField, StatusesField } from "./value-fields.tsx";

interface NodeProps {
  readonly node: StoredConfig;
  readonly path: NodePath;
}

/** When a target that keeps failing is left alone. */
export function BreakerFields({ node, path }: NodeProps): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const breaker = node.circuit_breaker ?? {};
  const set = (members: NonNullable<StoredConfig["circuit_breaker"]>): void => {
    const next = Object.fromEntries(Object.entries({ ...breaker, ...members }).filter(([, value]) => value !== undefined));
    change(path, (former) => patchNode(former, { circuit_breaker: Object.keys(next).length === 0 ? undefined : next }));
  };
  const at = (member: string): string | null => messageAt(path, "circuit_breaker", member);
  return (
    <>
      <p className="max-w-[64ch] text-small text-ink-muted">{say("breakerHelp")}</p>
      <Checkbox
        words={say("breakerOn")}
        checked={breaker.enabled !== false}
        onChange={(isOn) => set({ enabled: isOn ? undefined : false })}
      />
      {breaker.enabled === false ? null : (
        <div className="grid grid-cols-2 gap-4">
          <NumberField
            label={say("failureThreshold")}
            help={say("failureThresholdHelp")}
            value={breaker.failure_threshold}
            onChange={(value) => set({ failure_threshold: value })}
            error={at("failure_threshold")}
          />
          <NumberField
            label={say("cooldown")}
            help={say("cooldownHelp")}
            unit={say("seconds")}
            placeholder="30"
            scale={1_000}
            value={breaker.cooldown_interval}
            onChange={(value) => set({ cooldown_interval: value })}
            error={at("cooldown_interval")}
          />
          <NumberField
            label={say("failureShare")}
            help={say("failureShareHelp")}
            unit="%"
            placeholder="50"
            value={breaker.failure_threshold_percentage}
            onChange={(value) => set({ failure_threshold_percentage: value })}
            error={at("failure_threshold_percentage")}
          />
          <NumberField
            label={say("minimumRequests")}
            help={say("minimumRequestsHelp")}
            placeholder="10"
            value={breaker.minimum_requests}
            onChange={(value) => set({ minimum_requests: value })}
            error={at("minimum_requests")}
          />
          <StatusesField
            label={say("failureStatuses")}
            help={say("failureStatusesHelp")}
            value={breaker.failure_status_codes}
            onChange={(value) => set({ failure_status_codes: value })}
            error={at("failure_status_codes")}
          />
        </div>
      )}
    </>
  );
}

/** When the next target is asked although this one has not failed. */
export function HedgeFields({ node, path }: NodeProps): ReactNode {
  const say = useText("aliases");
  const { change, messageAt } = useForm();
  const { hedge } = node;
  const set = (next: StoredConfig["hedge"]): void => change(path, (former) => patchNode(former, { hedge: next }));
  return (
    <>
      <p className="max-w-[64ch] text-small text-ink-muted">{say("hedgeHelp")}</p>
      <div className="grid grid-cols-2 gap-4">
        <NumberField
          label={say("hedgeAfter")}
          unit={say("seconds")}
          scale={1_000}
          value={hedge?.after_ms}
          onChange={(value) => set(value === undefined ? undefined : { ...hedge, after_ms: value })}
          error={messageAt(path, "hedge", "after_ms")}
        />
        {hedge === undefined ? null : (
          <NumberField
            label={say("hedgeMost")}
            placeholder="1"
            value={hedge.max}
            onChange={(value) => set({ after_ms: hedge.after_ms, ...(value === undefined ? {} : { max: value }) })}
            error={messageAt(path, "hedge", "max")}
          />
        )}
      </div>
    </>
  );
}
