import type { ReactNode } from "react";
import type { SettingInfo } from "#shared/contract/settings.ts";
import { Segmented, Switch } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { JsonControl } from "./json-control.tsx";
import { ListControl } from "./list-control.tsx";
import { NumberControl } from "./number-control.tsx";
import type { ValueKind } from "./read-schema.ts";
import { TextControl } from "./text-control.tsx";

/** What every control of a setting gets. */
export interface ControlProps {
  readonly setting: SettingInfo;
  /** Of its field, for the label. */
  readonly id: string;
  /** Ids of the elements that explain it. */
  readonly describedBy: string;
  readonly isLocked: boolean;
  readonly isWrong: boolean;
  /** Saves; undefined takes it back to the default. @returns whether it was taken */
  readonly onChange: (value: unknown) => Promise<boolean>;
  /** Says what is wrong before anything was saved; null takes it back. */
  readonly onProblem: (words: string | null) => void;
}

const mostSegments = 4;

/** The control for the kind of value that a setting takes. */
export function SettingControl({ kind, ...props }: ControlProps & { readonly kind: ValueKind }): ReactNode {
  const { setting, isLocked, onChange } = props;
  // What changes under somebody else's hand begins anew with what is so now.
  const key = JSON.stringify(setting.value);
  switch (kind.kind) {
    case "switch":
      return (
        <div className="flex h-8 items-center">
          <Switch label={setting.title} checked={setting.value === true} disabled={isLocked} onChange={(next) => void onChange(next)} />
        </div>
      );
    case "choice": {
      const choices = kind.values.map((value) => ({ value, words: setting.choices[value] ?? value }));
      const isShort = choices.length <= mostSegments && choices.every(({ words }) => words.length <= 16);
      const rest = { label: setting.title, choices, disabled: isLocked, onChange: (next: string) => void onChange(next) };
      return isShort ? (
        <Segmented {...rest} value={String(setting.value)} />
      ) : (
        <Select {...rest} value={String(setting.value)} className="!w-60" />
      );
    }
    case "number":
      return <NumberControl key={key} {...props} />;
    case "text":
      return <TextControl key={key} {...props} isNullable={kind.isNullable} />;
    case "list":
      return <ListControl {...props} />;
    case "json":
      return <JsonControl key={key} {...props} />;
  }
}
