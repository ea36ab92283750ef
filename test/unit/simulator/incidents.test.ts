import type { SimulatedIncident } from '../../../src/domain/incident.js'
import { MINUTE_MS, SECOND_MS, toIso } from '../../../src/domain/time.js'
import { INSERT_BARS, INSERT_SIGNALS } from '../../../src/simulator/market/market-sql.js'
import { during, FROM, record, TABLES, timeOf } from './recorded-incident.js'
import { type RecordedRow, type RecordedSimulation, recordSimulation, START } from './recorded-simulation.js'

/** The instants of a calendar's rows that a kind of statement has made after the start. */
function instants({ clickhouse }: RecordedSimulation, statement: string, calendar = 'XNYS'): number[] {
  return clickhouse
    .filter(({ sql }) => sql === statement)
    .flatMap(({ parameters }) => {
      const { calendars, firsts, steps, counts } = parameters as Record<string, (string | number)[]>
      return (calendars ?? []).flatMap((name, index) =>
        name === calendar
          ? Array.from(
              { length: Number(counts?.[index]) },
              (_, point) => Number(firsts?.[index]) + point * Number(steps?.[index]),
            )
          : [],
      )
    })
    .filter((at) => at > START)
}

describe('feed-pause', () => {
  test('keeps bars and signals of its time from ever being written', async () => {
    const recording = await record('feed-pause', { stopAfterMs: 3 * MINUTE_MS, liveMs: 6 * MINUTE_MS })
    const expected = (stepMs: number) => {
      const all = Array.from({ length: (6 * MINUTE_MS) / stepMs }, (_, index) => START + (index + 1) * stepMs)
      return all.filter((at) => (at <= FROM || at > FROM + 3 * MINUTE_MS) && at <= START + 6 * MINUTE_MS - 600)
    }
    expect(instants(recording, INSERT_BARS)).toEqual(expected(SECOND_MS))
    expect(instants(recording, INSERT_SIGNALS)).toEqual(expected(5 * SECOND_MS))
    expect(instants(recording, INSERT_BARS, '24x7')).toEqual(expected(SECOND_MS))
  })

  test('leaves decisions, orders and snapshots as they would have been', async () => {
    const span = { stopAfterMs: 3 * MINUTE_MS, liveMs: 6 * MINUTE_MS }
    const [paused, ordinary] = [await record('feed-pause', span), await record(undefined, span)]
    for (const table of TABLES) expect(paused.rows(table)).toEqual(ordinary.rows(table))
  })

  test('keeps the cursor of the signals where they stopped', async () => {
    const recording = await record('feed-pause', { stopAfterMs: 4 * MINUTE_MS, liveMs: 5 * MINUTE_MS })
    const cursors = recording.versions('trade_cursor').filter((row) => row.account_label === 'alpha-live')
    expect(
      cursors.some((row) => timeOf(row, 'cursor_at') > FROM && timeOf(row, 'cursor_at') < FROM + 4 * MINUTE_MS),
    ).toBe(false)
    expect(cursors.some((row) => timeOf(row, 'cursor_at') === FROM)).toBe(true)
  })
})

test('signal-gap stops signals, decisions and snapshots, while bars go on and open orders run their course', async () => {
  const [from, to] = [FROM, FROM + 10 * MINUTE_MS]
  const recording = await record('signal-gap', { stopAfterMs: 10 * MINUTE_MS, liveMs: 20 * MINUTE_MS })
  expect(instants(recording, INSERT_BARS)).toHaveLength(20 * 60 - 1)
  expect(instants(recording, INSERT_SIGNALS).filter((at) => at > from && at <= to)).toEqual([])
  expect(instants(recording, INSERT_SIGNALS).filter((at) => at > to).length).toBe(9 * 12 - 1)
  // A decision follows its signal by up to five seconds.
  expect(during(recording.rows('trade_decisions'), 'created_at', from + 5 * SECOND_MS, to)).toEqual([])
  expect(during(recording.rows('trade_decisions'), 'created_at', to, START + 20 * MINUTE_MS).length).toBeGreaterThan(5)
  expect(during(recording.rows('position_snapshots'), 'as_of', from, to)).toEqual([])
  expect(during(recording.rows('position_snapshots'), 'as_of', to, START + 20 * MINUTE_MS).length).toBeGreaterThan(60)
})

describe('reject-storm', () => {
  const brokerRejects = (rows: readonly RecordedRow[]) =>
    rows.filter(({ status, decision_json }) => {
      const [reason = ''] = (decision_json as { risk_reasons: string[] }).risk_reasons
      return status === 'rejected' && reason.startsWith('alpaca_order_rejected')
    })

  test('has most orders rejected: half of them as rows that say when, half in their decisions alone', async () => {
    const recording = await record('reject-storm', { stopAfterMs: 40 * MINUTE_MS, liveMs: 41 * MINUTE_MS })
    // The last seconds' decisions have no answer yet.
    const decisions = during(recording.rows('trade_decisions'), 'created_at', FROM, FROM + 39 * MINUTE_MS)
    const rejected = brokerRejects(decisions)
    const executions = recording.rows('executions')
    const own = executions.filter(({ trade_decision_id }) => rejected.some(({ id }) => id === trade_decision_id))
    const vetoed = decisions.filter(
      (row) => row.status !== 'planned' && row.executed_at === null && !rejected.includes(row),
    )
    expect(rejected.length / (decisions.length - vetoed.length)).toBeGreaterThan(0.8)
    expect(own.length).toBeGreaterThan(rejected.length / 4)
    expect(own.length).toBeLessThan((rejected.length * 3) / 4)
    for (const row of own) {
      expect(row).toMatchObject({ status: 'rejected', filled_qty: '0', avg_fill_price: null })
      const raw = row.raw_order as Record<string, Record<string, unknown>>
      const latest = (raw._order_feed_last_event?.order ?? raw._broker_reconcile_last_order ?? raw) as Record<
        string,
        unknown
      >
      expect(String(latest.failed_at)).toMatch(/^2026-11-20T18:/)
    }
    for (const row of rejected.filter(({ id }) => own.every(({ trade_decision_id }) => trade_decision_id !== id)))
      expect(row.executed_at).toBeNull()
  })

  test('is over when it is stopped', async () => {
    const recording = await record('reject-storm', { stopAfterMs: MINUTE_MS, liveMs: 42 * MINUTE_MS })
    const after = during(recording.rows('trade_decisions'), 'created_at', FROM + MINUTE_MS, START + 41 * MINUTE_MS)
    expect(brokerRejects(after).length / after.length).toBeLessThan(0.15)
  })
})

describe('drawdown', () => {
  const equities = (recording: RecordedSimulation, account: string) =>
    recording
      .rows('position_snapshots')
      .filter((row) => row.alpaca_account_label === account && timeOf(row, 'as_of') >= FROM - 30 * SECOND_MS)
      .map((row) => ({ at: timeOf(row, 'as_of'), equity: Number(row.equity) }))
      .sort((a, b) => a.at - b.at)

  test.each(['alpha-live', 'shared-paper', 'lean-paper'])(
    'takes more than 5 %% of the equity of %s within five minutes, and gives a part back slowly',
    async (account) => {
      const recording = await record('drawdown', { stopAfterMs: 5 * MINUTE_MS, liveMs: 27 * MINUTE_MS })
      const series = equities(recording, account)
      const [before] = series
      const fallen = series.filter(({ at }) => at <= FROM + 5 * MINUTE_MS).at(-1)
      const early = series.find(({ at }) => at > FROM + 2 * MINUTE_MS)
      const end = series.at(-1)
      if (!before || !fallen || !early || !end) throw new Error('there are too few snapshots')
      expect(1 - fallen.equity / before.equity).toBeGreaterThan(0.05)
      expect(1 - fallen.equity / before.equity).toBeLessThan(0.12)
      // Steadily: half way down half way.
      expect(1 - early.equity / before.equity).toBeGreaterThan(0.02)
      expect(early.equity).toBeGreaterThan(fallen.equity)
      expect(end.equity).toBeGreaterThan(fallen.equity)
      expect(end.equity).toBeLessThan(before.equity)
    },
  )

  test('takes from an account that holds little at most half of what it holds', async () => {
    const recording = await record('drawdown', { stopAfterMs: 5 * MINUTE_MS, liveMs: 6 * MINUTE_MS })
    const series = equities(recording, 'crypto-live')
    const lost = 1 - (series.at(-1)?.equity ?? 0) / (series[0]?.equity ?? 0)
    expect(lost).toBeGreaterThan(0.015)
    expect(lost).toBeLessThan(0.05)
  })

  test('tells ClickHouse the same moves of the symbols that are held', async () => {
    const recording = await record('drawdown', { stopAfterMs: 2 * MINUTE_MS, liveMs: 4 * MINUTE_MS })
    const bars = recording.clickhouse.filter(({ sql }) => sql === INSERT_BARS)
    const held = new Set(
      recording
        .rows('position_snapshots')
        .filter((row) => timeOf(row, 'as_of') > FROM - 40 * SECOND_MS && timeOf(row, 'as_of') <= FROM)
        .flatMap((row) => (row.positions as { symbol: string }[]).map(({ symbol }) => symbol)),
    )
    const first = bars[0]?.parameters as Record<string, unknown[]>
    const last = bars.at(-1)?.parameters as Record<string, (string | number)[]>
    expect(first.shock_symbols).toEqual([])
    const symbols = (last.shock_symbols ?? []).map((symbol) => String(symbol).replace('/', ''))
    expect(symbols.filter((symbol) => held.has(symbol)).length).toBeGreaterThan(symbols.length - 3)
    const lengths = (last.shock_untils ?? []).map((until, index) => Number(until) - Number(last.shock_froms?.[index]))
    expect(new Set(lengths)).toEqual(new Set([2 * MINUTE_MS]))
  })
})

test('slippage makes fills cost more than 50 bps against the middle of the quote, and only then', async () => {
  const costs = async (incident: SimulatedIncident | undefined) => {
    const recording = await record(incident, { stopAfterMs: 30 * MINUTE_MS, liveMs: 31 * MINUTE_MS })
    return during(recording.rows('executions'), 'created_at', FROM, FROM + 28 * MINUTE_MS)
      .filter(({ order_type, avg_fill_price }) => order_type === 'market' && avg_fill_price !== null)
      .map(({ symbol, side, avg_fill_price, created_at }) => {
        const mid = Number(recording.market.priceE8(String(symbol), Date.parse(String(created_at)))) / 1e8
        return (side === 'buy' ? 1 : -1) * (Number(avg_fill_price) / mid - 1) * 10_000
      })
  }
  const [dear, ordinary] = [await costs('slippage'), await costs(undefined)]
  expect(dear.length).toBeGreaterThan(15)
  expect(Math.min(...dear)).toBeGreaterThan(50)
  expect(Math.max(...ordinary)).toBeLessThan(50)
})

describe('whatever the incidents', () => {
  /** All at once, each with its own times. */
  async function storm(stepMs: number): Promise<RecordedSimulation> {
    const recording = recordSimulation({ sessions: 2 })
    const { simulator } = recording
    simulator.startIncident('slippage', START - MINUTE_MS, START + 2 * MINUTE_MS)
    await simulator.loadHistory()
    const orders: [number, () => void][] = [
      [10_250, () => simulator.startIncident('drawdown', START + 10_250, Number.POSITIVE_INFINITY)],
      [20_000, () => simulator.startIncident('signal-gap', START + 20_000, START + 60_000)],
      [30_500, () => simulator.startIncident('feed-pause', START + 30_500, START + 90_500)],
      [95_000, () => simulator.startIncident('reject-storm', START + 95_000, Number.POSITIVE_INFINITY)],
      [96_300, () => simulator.startIncident('stale-context', START + 96_300, START + 800_000)],
      [97_000, () => simulator.startIncident('route-fallback', START + 97_000, Number.POSITIVE_INFINITY)],
      [150_000, () => simulator.startIncident('cash-gap', START + 150_000, START + 600_000)],
      [200_000, () => simulator.stopIncident('drawdown', START + 200_000)],
      [310_000, () => simulator.startIncident('drawdown', START + 310_000, START + 400_000)],
      [320_000, () => simulator.startIncident('drawdown', START + 320_000, START + 500_000)],
      [700_000, () => simulator.stopIncident('route-fallback', START + 700_000)],
      [900_000, () => simulator.stopIncident('reject-storm', START + 900_000)],
    ]
    for (let done = 0; done < 1_200_000; ) {
      const [next] = orders
      done = Math.min(done + stepMs, next?.[0] ?? 1_200_000)
      // The order comes while time has not been advanced to it, as from a clock that runs.
      if (done === next?.[0]) {
        orders.shift()
        next[1]()
      } else await simulator.advanceTo(START + done)
    }
    return recording
  }
  const sorted = (recording: RecordedSimulation, table: string) =>
    recording.rows(table).sort((a, b) => (a.id < b.id ? -1 : 1))

  test('equal seeds and times give equal rows, in steps of any length', async () => {
    const [coarse, fine] = [await storm(300_000), await storm(7_300)]
    for (const table of TABLES) expect(sorted(fine, table)).toEqual(sorted(coarse, table))
    for (const statement of [INSERT_BARS, INSERT_SIGNALS])
      expect(instants(fine, statement)).toEqual(instants(coarse, statement))
  })

  test('what was before them stays as it was', async () => {
    const [disturbed, ordinary] = [
      await storm(60_000),
      await record(undefined, { stopAfterMs: MINUTE_MS, liveMs: 2 * MINUTE_MS }),
    ]
    const history = (recording: RecordedSimulation) =>
      during(recording.rows('position_snapshots'), 'as_of', 0, START).map(({ id, equity }) => [id, equity])
    expect(history(disturbed)).toEqual(history(ordinary))
    expect(history(ordinary).length).toBeGreaterThan(500)
  })

  test('one that was asked for in the history begins with the live time', async () => {
    const recording = recordSimulation({ sessions: 1 })
    recording.simulator.startIncident('signal-gap', START - 60 * MINUTE_MS, START + MINUTE_MS)
    await recording.simulator.loadHistory()
    await recording.simulator.advanceTo(START + 2 * MINUTE_MS)
    const times = recording.rows('position_snapshots').map((row) => timeOf(row, 'as_of'))
    expect(times.filter((at) => at > START - MINUTE_MS && at <= START).length).toBeGreaterThan(5)
    expect(times.filter((at) => at > START && at <= START + MINUTE_MS).map(toIso)).toEqual([])
    expect(times.filter((at) => at > START + MINUTE_MS).length).toBeGreaterThan(5)
  })
})
