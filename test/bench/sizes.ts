/** How much is measured. */
export interface Sizes {
  readonly rounds: number;
  /** How often the subjects take turns within a round, where a run is short. */
  readonly turns: number;
  /** How long each round waits for a machine that is busy with other work. */
  readonly calmLimitMs: number;
  /**
   * For each subject before the first round, twice: the compilers of V8 are done with the hot path by then. After 26,000
   * requests they still took 36 us of Postern's each, after 60,000 two to five.
   */
  readonly warmUpRequests: number;
  readonly warmUpStreams: number;
  /** Requests of one run, by body and number of connections. */
  readonly requests1kB1: number;
  readonly requests1kB32: number;
  readonly requests80kB1: number;
  readonly requests80kB32: number;
  readonly latencyRequests1kB: number;
  readonly latencyRequests80kB: number;
  readonly latencyStreams: number;
  readonly pacedStreams: number;
  readonly burstStreams: number;
  /** How long wrk sends, where it is there: it takes no number of requests. */
  readonly secondsPerRun: number;
  /** Before memory is read for the first time, and again before the second. */
  readonly memoryRequests: number;
  /** The Portkey gateway's share of them: at its speed all would take longer than everything else together. */
  readonly memoryRequestsPortkey: number;
}

/** For figures to publish. */
export const fullSizes: Sizes = {
  rounds: 5,
  turns: 3,
  calmLimitMs: 10_000,
  warmUpRequests: 40_000,
  warmUpStreams: 24,
  requests1kB1: 1_000,
  requests1kB32: 4_000,
  requests80kB1: 300,
  requests80kB32: 1_000,
  latencyRequests1kB: 1_000,
  latencyRequests80kB: 300,
  latencyStreams: 200,
  pacedStreams: 32,
  burstStreams: 16,
  secondsPerRun: 1,
  memoryRequests: 200_000,
  memoryRequestsPortkey: 10_000,
};

/** For development: the same measures, coarser. */
export const quickSizes: Sizes = {
  ...fullSizes,
  rounds: 2,
  turns: 1,
  calmLimitMs: 2_000,
  warmUpRequests: 3_000,
  warmUpStreams: 16,
  requests1kB1: 500,
  requests1kB32: 2_000,
  requests80kB1: 150,
  requests80kB32: 500,
  latencyRequests1kB: 500,
  latencyRequests80kB: 150,
  latencyStreams: 50,
  pacedStreams: 16,
  memoryRequests: 20_000,
  memoryRequestsPortkey: 2_000,
};
