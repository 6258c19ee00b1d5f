import { Eye, EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../../parts/button.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";

interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: ReactNode;
  readonly error?: string | null;
  /** Whether it has the focus at first. */
  readonly isFirst?: boolean;
}

/** Where a key is pasted: hidden, and shown only while the person wants to see it. Nothing of the browser's keeps it. */
export function SecretField({ label, value, onChange, help, error, isFirst = false }: SecretFieldProps): ReactNode {
  const say = useText("keys");
  const [isShown, setShown] = useState(false);
  return (
    <Field label={label} help={help} error={error}>
      <div className="relative">
        <Input
          type={isShown ? "text" : "password"}
          value={value}
          onValueChange={(next) => onChange(next)}
          // Password managers take "off" for "save this"; this is what they respect.
          autoComplete="new-password"
          autoFocus={isFirst}
          data-1p-ignore=""
          data-lpignore="true"
          data-bwignore=""
          placeholder={say("secretPlaceholder")}
          className="pr-9 font-mono"
        />
        <IconButton
          size="small"
          label={isShown ? say("hideSecret") : say("showSecret")}
          icon={isShown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
          onClick={() => setShown(!isShown)}
          className="absolute top-0.5 right-0.5"
        />
      </div>
    </Field>
  );
}
