import type { ReactNode } from "react";
import { Checkbox } from "../../../parts/choices.tsx";
import { Select } from "../../../parts/select.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import { Disclosure } from "../form/disclosure.tsx";
import { ParameterRows } from "../form/parameter-rows.tsx";
import { NumberField } from "../form/value-fields.tsx";
import type { ConfigKind } from "../search.ts";
import { dryEndpoints, type DryEndpoint, type DryRequest } from "./dry-run-question.ts";

/** What the thought-of request says: its size, what it needs of a model, and what conditions look at. */
export function RequestForm({
  kind,
  request,
  onChange,
  isOpen,
  onToggle,
}: {
  readonly kind: ConfigKind;
  readonly request: DryRequest;
  readonly onChange: (request: DryRequest) => void;
  readonly isOpen: boolean;
  readonly onToggle: (isOpen: boolean) => void;
}): ReactNode {
  const say = useText("aliases");
  const set = (change: Partial<DryRequest>): void => onChange({ ...request, ...change });
  const more = [request.metadata, request.headers, request.params].reduce((sum, members) => sum + Object.keys(members ?? {}).length, 0);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-3 gap-3">
        <Field label={say("endpoint")}>
          <Select<DryEndpoint>
            value={request.endpoint}
            choices={dryEndpoints.map((value) => ({ value, words: say(`endpoint-${value}`) }))}
            onChange={(endpoint) => set({ endpoint })}
          />
        </Field>
        <NumberField label={say("inputTokens")} value={request.inputTokens} onChange={(inputTokens) => set({ inputTokens })} />
        <NumberField label={say("outputTokens")} value={request.maxOutputTokens} onChange={(maxOutputTokens) => set({ maxOutputTokens })} />
      </div>
      {kind === "config" ? (
        <Field label={say("askedModel")} help={say("askedModelHelp")}>
          <Input value={request.model} onChange={(event) => set({ model: event.target.value })} />
        </Field>
      ) : null}
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        <Checkbox words={say("withImages")} checked={request.vision} onChange={(vision) => set({ vision })} />
        <Checkbox words={say("withTools")} checked={request.tools} onChange={(tools) => set({ tools })} />
      </div>
      <div className="-mx-2">
        <Disclosure
          title={say("moreOfIt")}
          summary={more === 0 ? say("moreOfItHelp") : say("moreCount", { count: more })}
          isSet={more > 0}
          isOpen={isOpen}
          onToggle={onToggle}
        >
          <div className="flex flex-col gap-4">
            <ParameterRows
              title={say("metadata")}
              help={say("metadataHelp")}
              add={say("addMetadata")}
              value={request.metadata}
              onChange={(metadata) => set({ metadata })}
            />
            <ParameterRows
              title={say("bodyFields")}
              help={say("bodyFieldsHelp")}
              add={say("addField")}
              value={request.params}
              onChange={(params) => set({ params })}
            />
            <ParameterRows
              title={say("headers")}
              help={say("headersHelp")}
              add={say("addHeader")}
              isText
              value={request.headers}
              onChange={(headers) => set({ headers })}
            />
          </div>
        </Disclosure>
      </div>
    </div>
  );
}
