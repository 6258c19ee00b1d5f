import { type ReactNode, useState } from "react";
import { keyPlaceholder, type Shell, type ToolGuide } from "#shared/contract/connect.ts";
import { Select } from "../../parts/select.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { type Tab, Tabs } from "../../parts/tabs.tsx";
import { type TextKey, type Texts, useText } from "../../text/texts.ts";
import { FileWay } from "./file-way.tsx";
import { maskKey, SecretBlock } from "./secret-block.tsx";

interface ConnectWaysProps {
  readonly tool: ToolGuide;
  readonly model: string | null;
  readonly secret: string | null;
  /** When the key was made; 0 where it was not made on this page. */
  readonly keyAtMs: number;
}

type Way = "run" | "shell" | "file" | "code" | "hand";

const shellNames: Readonly<Record<Shell, TextKey<Texts["tools"]>>> = {
  posix: "shellPosix",
  fish: "shellFish",
  powershell: "shellPowershell",
  cmd: "shellCmd",
};
const isWindows = /Windows/.test(navigator.userAgent);

/** Every way in which this tool can be connected; the one that touches nothing is first. */
export function ConnectWays({ tool, model, secret, keyAtMs }: ConnectWaysProps): ReactNode {
  const say = useText("tools");
  const tabs: Tab<Way>[] = [];
  if (tool.files.length > 0) {
    tabs.push({
      name: "file",
      words: say("wayFile"),
      content: (
        <div className="flex flex-col gap-4">
          <FileWay tool={tool} model={model} secret={secret} keyAtMs={keyAtMs} />
          {tool.steps.length === 0 ? null : <Steps title={say("afterwards")} steps={tool.steps} secret={secret} />}
        </div>
      ),
    });
  }
  if (tool.runCommand !== null) {
    const content = (
      <div className="flex flex-col gap-3">
        <p className="text-ink-muted">{say("runHelp")}</p>
        <CodeBlock title={say("runTitle")} text={`${tool.runCommand}\n`} />
      </div>
    );
    tabs.unshift({ name: "run", words: say("wayRun"), content });
  }
  if (tool.snippets.length > 0) {
    const content = <ShellWay tool={tool} secret={secret} />;
    tabs.splice(tabs[0]?.name === "run" ? 1 : 0, 0, { name: "shell", words: say("wayShell"), content });
  }
  if (tool.code.length > 0) {
    const content = (
      <div className="flex flex-col gap-4">
        {secret === null ? <PlaceholderNote /> : null}
        {tool.code.map(({ title, text }) => (
          <SecretBlock key={title} title={title} text={text} secret={secret} />
        ))}
      </div>
    );
    tabs.unshift({ name: "code", words: say("wayCode"), content });
  }
  if (tool.files.length === 0 && tool.steps.length > 0) {
    tabs.unshift({ name: "hand", words: say("wayHand"), content: <Steps title={say("byHandHelp")} steps={tool.steps} secret={secret} /> });
  }
  const [way, setWay] = useState<Way>(tool.connection.state === "none" ? (tabs[0]?.name ?? "hand") : "file");
  return (
    <Tabs
      label={say("ways")}
      tabs={tabs}
      value={tabs.some(({ name }) => name === way) ? way : (tabs[0]?.name ?? "hand")}
      onChange={setWay}
    />
  );
}

function ShellWay({ tool, secret }: { readonly tool: ToolGuide; readonly secret: string | null }): ReactNode {
  const say = useText("tools");
  const [shell, setShell] = useState<Shell>(isWindows ? "powershell" : "posix");
  const text = tool.snippets.find((snippet) => snippet.shell === shell)?.text ?? "";
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-ink-muted">{say("shellHelp")}</p>
        <Select
          label={say("shellName")}
          className="!w-36"
          value={shell}
          choices={tool.snippets.map((snippet) => ({ value: snippet.shell, words: say(shellNames[snippet.shell]) }))}
          onChange={setShell}
        />
      </div>
      {secret === null ? <PlaceholderNote /> : null}
      <SecretBlock title={say(shellNames[shell])} text={text} secret={secret} />
    </div>
  );
}

function PlaceholderNote(): ReactNode {
  const say = useText("tools");
  return <p className="text-small text-ink-muted">{say("keyPlaceholderNote", { placeholder: keyPlaceholder })}</p>;
}

/** What has to be done by hand. A line of "Name: value" has its value beside it to copy. */
function Steps({
  title,
  steps,
  secret,
}: {
  readonly title: string;
  readonly steps: readonly string[];
  readonly secret: string | null;
}): ReactNode {
  return (
    <div>
      <p className="mb-2 text-small font-medium text-ink-soft">{title}</p>
      <ol className="divide-y divide-line rounded-card border border-line bg-surface">
        {steps.map((step, index) => {
          const [, name, value] = /^([A-Z][\w &]{1,28}): (\S+)$/.exec(step) ?? [];
          const shown = (text: string): string => text.replaceAll(keyPlaceholder, secret === null ? keyPlaceholder : maskKey(secret));
          return (
            <li key={step} className="flex min-h-10 items-center gap-3 py-1 pr-1 pl-3">
              <span aria-hidden="true" className="w-4 shrink-0 text-right text-small text-ink-muted">
                {index + 1}
              </span>
              {name === undefined || value === undefined ? (
                <span className="min-w-0 flex-1 py-1 break-words">{shown(step)}</span>
              ) : (
                <>
                  <span className="w-36 shrink-0 text-ink-muted">{name}</span>
                  <code className="min-w-0 flex-1 font-mono text-small break-all">{shown(value)}</code>
                  <CopyButton text={value.replaceAll(keyPlaceholder, secret ?? keyPlaceholder)} name={name} />
                </>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
