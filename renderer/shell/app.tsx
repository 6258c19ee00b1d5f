import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useConnection } from "../data/connection.ts";
import { applyLiveEffects } from "../data/live-effects.ts";
import { followEvents } from "../data/live.ts";
import { queries } from "../data/queries.ts";
import { Toasts } from "../parts/toasts.tsx";
import { Locked } from "./locked.tsx";
import { openRouter } from "./router.tsx";

const tooltipDelayMs = 500;

/** The whole window: locked, or its pages. */
export function App(): ReactNode {
  const login = useConnection((connection) => connection.login);
  const lockReason = useConnection((connection) => connection.lockReason);
  if (login === "checking") return null;
  return (
    // The content security policy allows no <style> elements.
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={tooltipDelayMs}>{login === "locked" ? <Locked reason={lockReason} /> : <OpenWindow />}</Tooltip.Provider>
    </CSPProvider>
  );
}

function OpenWindow(): ReactNode {
  // Made only now: a router reads the URL at once, and the login was in it.
  const [router] = useState(openRouter);
  useEffect(() => {
    const controller = new AbortController();
    const endEffects = applyLiveEffects();
    void followEvents(controller.signal);
    return () => {
      controller.abort();
      endEffects();
    };
  }, []);
  return (
    <QueryClientProvider client={queries}>
      <Toasts>
        <RouterProvider router={router} />
      </Toasts>
    </QueryClientProvider>
  );
}
