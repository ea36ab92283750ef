import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import { ONLY_SHARD } from '../../../src/domain/shards.js'
import { WINDOWS } from '../../../src/domain/window.js'
import { Exposition, type ExpositionOptions } from '../../../src/exporter/exposition.js'
import { SelfMetrics } from '../../../src/exporter/self-metrics.js'
import { bookFrame, frameReader, SMALL_DICTIONARY, T } from '../../support/frames.js'

/** One metric is of execution and split by adapter. */
const dictionary = SMALL_DICTIONARY.map((metric) =>
  metric.name === 'cost_bps' ? { ...metric, group: 'execution' as const, byAdapter: true as const } : metric,
)
const byAdapter = { alpaca: { cost_bps: { status: 'ok' as const, value: 1 } } }
const books = ['a', 'b', 'c'].map((account) => bookFrame({ strategyId: 's', account, dictionary, byAdapter }))

const HISTOGRAM = 'quant_fill_slippage_bps_bucket'
const ADAPTERS = 'quant_adapter_cost_bps'

async function bodyOf(changes: Partial<ExpositionOptions>): Promise<string> {
  const selfMetrics = new SelfMetrics({ version: '1', revision: 'r', shard: ONLY_SHARD, tiers: ['light'] })
  selfMetrics.orderEnded({
    ...{ strategyId: 's', account: 'a', adapter: 'alpaca', slippageBps: 1 },
    ...{ shortfallBps: undefined, decisionToSubmitSeconds: undefined, submitToFillSeconds: undefined },
  })
  const exposition = new Exposition({
    ...{ reader: frameReader({ books }), dictionary, accountDictionary: ACCOUNT_DICTIONARY },
    ...{ calendars: createCalendars(), selfMetrics, maxSeries: 150_000 },
    ...{ wallNow: () => T, lastTickAt: () => T, onError: (error) => expect(error).toBeUndefined() },
    ...changes,
  })
  return Buffer.concat(await exposition.plain()).toString()
}

/** The samples of one family, without its labels' ends. */
function samples(body: string, name: string): string[] {
  return body.split('\n').filter((line) => line.startsWith(`${name}{`))
}

function leftOut(body: string): string[] {
  return samples(body, 'quant_series_left_out').flatMap((line) =>
    line.endsWith(' 1') ? [/kind="([a-z_]+)"/.exec(line)?.[1] ?? line] : [],
  )
}

function numberOf(body: string, name: string): number {
  return Number(samples(body, name)[0]?.split(' ').at(-1))
}

describe('the cap on series takes', () => {
  test('nothing while all of it fits, to the last series', async () => {
    const all = await bodyOf({})
    const exact = await bodyOf({ maxSeries: numberOf(all, 'quant_series') })
    expect(leftOut(exact)).toEqual([])
    expect(numberOf(exact, 'quant_series_limited')).toBe(0)
    expect([samples(exact, HISTOGRAM).length > 0, samples(exact, ADAPTERS).length]).toEqual([true, 3 * WINDOWS.length])
  })

  test('histograms, the split by adapter, short windows and then books, each only where those before do not suffice', async () => {
    let [body, seen] = [await bodyOf({}), new Set<string>()]
    const steps: string[][] = []
    const sizes: number[] = []
    for (;;) {
      const size = numberOf(body, 'quant_series')
      if (size === 0) break
      sizes.push(size)
      body = await bodyOf({ maxSeries: size - 1 })
      const now = leftOut(body)
      expect(numberOf(body, 'quant_series')).toBeLessThan(size)
      expect(numberOf(body, 'quant_series_limited')).toBe(1)
      if (now.some((kind) => !seen.has(kind))) steps.push(now)
      seen = new Set(now)
      expect(samples(body, HISTOGRAM)).toEqual([])
      expect(samples(body, ADAPTERS).length > 0).toBe(!now.includes('adapter_split'))
      const isCut = now.includes('short_windows')
      const windows = samples(body, 'quant_cost_bps').map((line) => /window="(\w+)"/.exec(line)?.[1])
      expect(windows.includes('15m')).toBe(!isCut)
      const kept = new Set(samples(body, 'quant_net_pnl_usd').map((line) => /account="(\w)"/.exec(line)?.[1]))
      expect(windows.includes('1h')).toBe(kept.size > 0)
      expect([...kept].join('')).toBe('abc'.slice(0, kept.size))
      expect(kept.size < 3).toBe(now.includes('books'))
    }
    const order = ['histograms', 'adapter_split', 'short_windows', 'books']
    expect(steps).toEqual(order.map((_, index) => order.slice(0, index + 1)))
    // Three books are dropped one after the other.
    expect(sizes).toHaveLength(3 + 3)
  })
})

describe('what QUANT_CONFIG says of a strategy', () => {
  test('leaves out its other windows and groups, levels and other strategies aside', async () => {
    const other = bookFrame({ strategyId: 'other', account: 'a', dictionary })
    const body = await bodyOf({
      reader: frameReader({ books: [...books.slice(0, 1), other] }),
      exportRules: new Map([['s', { windows: ['1d'], groups: ['execution', 'exposure'] }]]),
    })
    const of = (name: string, strategyId: string) =>
      samples(body, name).filter((line) => line.includes(`strategy_id="${strategyId}"`))
    expect(of('quant_net_pnl_usd', 's')).toEqual([])
    expect(of('quant_cost_bps', 's').map((line) => /window="\w+"/.exec(line)?.[0])).toEqual(['window="1d"'])
    expect(of(ADAPTERS, 's')).toHaveLength(1)
    expect(of('quant_gross_exposure_usd', 's')).toHaveLength(1)
    expect(
      new Set(of('quant_metric_group_status', 's').map((line) => /window="\w+",metric_group="\w+"/.exec(line)?.[0])),
    ).toEqual(new Set(['window="1d",metric_group="execution"', 'window="1d",metric_group="exposure"']))
    expect(of('quant_strategy_info', 's')).toHaveLength(1)
    expect(of('quant_net_pnl_usd', 'other')).toHaveLength(WINDOWS.length)
    expect(of('quant_gross_exposure_usd', 'other')).toHaveLength(1)
  })
})
