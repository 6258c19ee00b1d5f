import { Slider } from "@base-ui/react/slider";
import { type ReactNode, useEffect, useState } from "react";
import { Input } from "../../../parts/fields.tsx";
import { stepOf } from "./steps.ts";

interface StepSliderProps {
  readonly label: string;
  /** What the field beside it is for: "in tokens". */
  readonly fieldLabel: string;
  readonly steps: readonly number[];
  readonly value: number;
  /** A stop, in words. */
  readonly format: (value: number) => string;
  /** What was typed; undefined where it means nothing. */
  readonly read: (text: string) => number | undefined;
  readonly onChange: (value: number) => void;
}

/** A bound: a slider with stops that are worth stopping at, and a field for any other value. */
export function StepSlider({ label, fieldLabel, steps, value, format, read, onChange }: StepSliderProps): ReactNode {
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? value;
  return (
    <Slider.Root
      value={stepOf(steps, shown)}
      min={0}
      max={steps.length - 1}
      onValueChange={(step) => setDragged(steps[step] ?? 0)}
      onValueCommitted={(step) => {
        setDragged(null);
        onChange(steps[step] ?? 0);
      }}
      className="flex flex-col gap-2"
    >
      <div className="flex items-center justify-between gap-3">
        <Slider.Label className="text-small font-medium text-ink-soft">{label}</Slider.Label>
        <TypedValue key={shown} label={fieldLabel} text={format(shown)} onText={(text) => onChange(read(text) ?? value)} />
      </div>
      <Slider.Control className="flex h-6 touch-none items-center px-2">
        <Slider.Track className="relative h-1 w-full rounded-full bg-pressed">
          <Slider.Indicator className="rounded-full bg-accent" />
          <Slider.Thumb
            aria-label={label}
            getAriaValueText={() => format(shown)}
            className="size-4 rounded-full border-2 border-accent bg-surface shadow-card has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent"
          />
        </Slider.Track>
      </Slider.Control>
    </Slider.Root>
  );
}

function TypedValue({
  label,
  text,
  onText,
}: {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const commit = (): void => {
    if (typed !== text) onText(typed);
  };
  return (
    <Input
      aria-label={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
      className="!h-7 !w-24 text-right"
    />
  );
}
