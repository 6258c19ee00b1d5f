import type { RouteCall } from "./route-types.ts";

/** A chat of the owner's that says nothing yet: for routes that are planned and never walked, and for tests. */
export const emptyCall: RouteCall = {
  endpoint: "chat",
  model: null,
  config: null,
  provider: null,
  keyName: null,
  ownKey: null,
  hasGrant: true,
  customHost: null,
  retries: null,
  requestTimeoutMs: null,
  forwardHeaders: null,
  strictOpenAiCompliance: null,
  providerOptions: null,
  inputs: { metadata: {}, pathname: "/v1/chat/completions", param: () => undefined, header: () => null },
  needs: null,
};
