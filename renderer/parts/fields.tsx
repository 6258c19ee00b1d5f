import { Field as BaseField } from "@base-ui/react/field";
import { Input as BaseInput } from "@base-ui/react/input";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { inputClasses } from "./input-classes.ts";

/** A line of text. Inside a `Field` it gets its name, help and error from there. */
export function Input({
  className,
  ...rest
}: Omit<ComponentProps<typeof BaseInput>, "className"> & { readonly className?: string }): ReactNode {
  return <BaseInput autoComplete="off" spellCheck={false} {...rest} className={classNames(inputClasses, className)} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">): ReactNode {
  return <BaseField.Control render={<textarea rows={4} {...rest} className={classNames(inputClasses, "h-auto py-1.5", className)} />} />;
}

interface FieldProps {
  readonly label: ReactNode;
  /** A sentence under the control. */
  readonly help?: ReactNode;
  /** What is wrong, in words; undefined or null where nothing is. */
  readonly error?: string | null | undefined;
  /** Shown to nobody but screen readers. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A control with its name, its help and what is wrong with it, tied together for screen readers. */
export function Field({ label, help, error, isLabelHidden = false, className, children }: FieldProps): ReactNode {
  const isWrong = error !== undefined && error !== null;
  return (
    <BaseField.Root invalid={isWrong} className={classNames("flex min-w-0 flex-col gap-1.5", className)}>
      <BaseField.Label className={isLabelHidden ? "sr-only" : "text-small font-medium text-ink-soft"}>{label}</BaseField.Label>
      {children}
      {help === undefined ? null : <BaseField.Description className="text-small text-ink-muted">{help}</BaseField.Description>}
      {isWrong ? (
        <BaseField.Error match className="text-small text-bad">
          {error}
        </BaseField.Error>
      ) : null}
    </BaseField.Root>
  );
}
