// What is simulated, by how much, and who looks on.

/** A Friday afternoon in New York, whenever a soak runs; and a Sunday, when its exchange is closed. */
const IN_SESSION = Date.parse('2026-11-20T18:00:00Z')
const SUNDAY = Date.parse('2026-11-22T18:00:00Z')

/** An order's way is timed twice a second; over an hour that would be one book of thousands of orders that nobody trades. */
const LONG_MINUTES = 20
const probeGapMs = (minutes) => (minutes > LONG_MINUTES ? 15_000 : 500)

export const PROFILES = {
  seed: {
    title: '10 simulated books and one of the soak’s own, 108 symbols, a bar of each every second',
    startAt: IN_SESSION,
    simulate: ['--sessions', '3', '--books', '10', '--symbols', '108'],
    probeGapMs,
    reconcileSeconds: 5,
    shownWithinMs: 180_000,
    clients: { oneBook: 45, allBooks: 5, stuck: 5 },
  },
  fleet: {
    title: '1,000 simulated books and one of the soak’s own, 2,000 symbols, 2,000 orders a second written again',
    startAt: IN_SESSION,
    simulate: ['--sessions', '1', '--books', '1000', '--symbols', '2000'],
    rewrittenASecond: 2_000,
    probeGapMs,
    reconcileSeconds: 30,
    // What docs/deployment.md says of so many books, and no more series than one scrape is meant for.
    windows: ['15m', '1d', '20d'],
    environment: {
      NODE_OPTIONS: '--max-old-space-size=10240 --max-semi-space-size=64',
      QUANT_MAX_SERIES: '300000',
    },
    shownWithinMs: 900_000,
    clients: { oneBook: 990, allBooks: 5, stuck: 5 },
  },
  sunday: {
    title: 'the exchange is closed; coins trade, and little is asked',
    startAt: SUNDAY,
    simulate: ['--sessions', '3', '--now'],
    probeGapMs: () => 5_000,
    reconcileSeconds: 5,
    shownWithinMs: 180_000,
    clients: { oneBook: 9, allBooks: 1, stuck: 1 },
  },
}
