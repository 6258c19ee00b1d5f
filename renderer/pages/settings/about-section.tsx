import { type ReactNode, useState } from "react";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useText } from "../../text/texts.ts";
import { LicencesDialog } from "./licences-dialog.tsx";
import { UpdateCard } from "./update-card.tsx";

const rowHeight = 48;

/** What this Postern is, where it keeps things, and whose work is in it. */
export function AboutSection(): ReactNode {
  const say = useText("settings");
  const { data, error, refetch } = useAdmin("getAbout", {});
  const [isReading, setIsReading] = useState(false);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={5} height={rowHeight} />;
  const { node, electron, platform, architecture } = data;
  const runsOn =
    electron === null
      ? say("runsOnHeadless", { node, platform, architecture })
      : say("runsOnDesktop", { electron, node, platform, architecture });
  return (
    <>
      <Card>
        <dl className="-my-2 divide-y divide-line">
          <Fact name={say("version")} value={data.version} />
          <Fact name={say("runsOn")} value={runsOn} />
          <Fact name={say("dataFolder")} value={data.dataFolder} isPath />
          <Fact name={say("configFile")} value={data.configFile} help={say("configFileHelp")} isPath />
          <Fact name={say("logFolder")} value={data.logFolder} isPath />
        </dl>
      </Card>
      <Card className="mt-4 flex items-center justify-between gap-6 p-4">
        <div className="min-w-0">
          <p className="font-medium">{say("licences")}</p>
          <p className="max-w-[64ch] text-small text-ink-muted">{say("licencesHelp")}</p>
        </div>
        <Button onClick={() => setIsReading(true)}>{say("licencesShow")}</Button>
      </Card>
      <UpdateCard />
      <LicencesDialog isOpen={isReading} onClose={() => setIsReading(false)} />
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly help?: string;
  /** A path is in mono, and can be copied: a browser cannot open folders. */
  readonly isPath?: boolean;
}

function Fact({ name, value, help, isPath = false }: FactProps): ReactNode {
  const say = useText("settings");
  return (
    <div className="flex min-h-10 items-center gap-4 py-1.5">
      <dt className="w-32 shrink-0 text-ink-muted">{name}</dt>
      <dd className="flex min-w-0 flex-1 items-center gap-1.5">
        <span className="min-w-0 flex-1">
          <span className={isPath ? "block font-mono text-small break-all" : "break-words"}>{value}</span>
          {help === undefined ? null : <span className="block text-small text-ink-muted">{help}</span>}
        </span>
        {isPath ? <CopyButton text={value} name={say("copyPath", { name })} /> : null}
      </dd>
    </div>
  );
}
