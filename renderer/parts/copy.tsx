import { Check, Copy } from "lucide-react";
import { type ReactNode, type Ref, useEffect, useState } from "react";
import { useText } from "../text/texts.ts";
import { Button, IconButton } from "./button.tsx";

/** Puts text into the clipboard. @returns whether it went */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for people who do not see it: "base URL". */
  readonly name: string;
  /** Words on the button; without them it is an icon. */
  readonly words?: string;
  readonly size?: "normal" | "small";
  readonly ref?: Ref<HTMLButtonElement>;
}

/** Copies, and says so for two seconds. */
export function CopyButton({ text, name, words, size = "small", ref }: CopyButtonProps): ReactNode {
  const say = useText("shell");
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const icon = state === "copied" ? <Check className="size-4 text-ok" /> : <Copy className="size-4" />;
  const label = state === "copied" ? say("copied") : state === "failed" ? say("copyFailed") : say("copyNamed", { name });
  const copy = (): void => void copyText(text).then((went) => setState(went ? "copied" : "failed"));
  return (
    <>
      {words === undefined ? (
        <IconButton ref={ref} size={size} label={label} icon={icon} onClick={copy} />
      ) : (
        <Button ref={ref} size={size} icon={icon} onClick={copy}>
          {state === "copied" ? say("copied") : state === "failed" ? say("copyFailed") : words}
        </Button>
      )}
      <span role="status" className="sr-only">
        {state === "idle" ? "" : label}
      </span>
    </>
  );
}
