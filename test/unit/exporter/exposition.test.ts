import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import express from 'express'
import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../../src/compute/dictionary.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import { ONLY_SHARD } from '../../../src/domain/shards.js'
import { Exposition, type ExpositionOptions } from '../../../src/exporter/exposition.js'
import { createMetricsEndpoint } from '../../../src/exporter/metrics-endpoint.js'
import { SelfMetrics } from '../../../src/exporter/self-metrics.js'
import { accountFrame, at, bookFrame, frameReader, missing, SMALL_DICTIONARY, T, value } from '../../support/frames.js'

const WALL = at('2026-03-10T16:00:01.000Z')

function optionsOf(changes: Partial<ExpositionOptions> = {}): ExpositionOptions {
  return {
    reader: frameReader({ books: [bookFrame()] }),
    dictionary: SMALL_DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    calendars: createCalendars(),
    selfMetrics: new SelfMetrics({ version: '1.2.3', revision: 'abc', shard: ONLY_SHARD, tiers: ['light'] }),
    maxSeries: 150_000,
    wallNow: () => WALL,
    lastTickAt: () => WALL - 500,
    onError: () => undefined,
    ...changes,
  }
}

async function renderMetrics(options: ExpositionOptions): Promise<string> {
  return Buffer.concat(await new Exposition(options).plain()).toString()
}

/** The lines of some families, heads included. */
async function linesOf(options: ExpositionOptions, ...names: readonly string[]): Promise<string[]> {
  const body = await renderMetrics(options)
  return body.split('\n').filter((line) => names.some((name) => new RegExp(`^(# (HELP|TYPE) )?${name}[ {]`).test(line)))
}

describe('the gauges of the dictionary', () => {
  test('have one sample a window, with the labels of the contract and rounded for output', async () => {
    const labels = 'strategy_id="s-1",account="live"'
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ strategyId: 's-1', account: 'live' })] }) })
    expect(await linesOf(options, 'quant_net_pnl_usd')).toEqual([
      '# HELP quant_net_pnl_usd Result after costs.',
      '# TYPE quant_net_pnl_usd gauge',
      ...['1m', '5m', '15m', '1h', '1d', '5d', '20d'].map(
        (window) => `quant_net_pnl_usd{${labels},window="${window}",formula_version="v1",freshness="fresh"} 1234.57`,
      ),
    ])
  })

  test('have no window label for levels, and percent become ratios', async () => {
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ strategyId: 's-1', account: 'live' })] }) })
    expect(await linesOf(options, 'quant_position_concentration_top1_ratio', 'quant_open_positions')).toEqual([
      '# HELP quant_position_concentration_top1_ratio Largest position.',
      '# TYPE quant_position_concentration_top1_ratio gauge',
      'quant_position_concentration_top1_ratio{strategy_id="s-1",account="live",formula_version="v1",freshness="fresh"} 0.333333',
      '# HELP quant_open_positions Symbols held. Beyond the standard pack.',
      '# TYPE quant_open_positions gauge',
      'quant_open_positions{strategy_id="s-1",account="live",formula_version="v1",freshness="fresh"} 3',
    ])
  })

  test('have companions that show numbers of their meta, alone or by a label', async () => {
    const dictionary = SMALL_DICTIONARY.map((metric) =>
      metric.name !== 'cost_bps'
        ? metric
        : {
            ...metric,
            besides: [
              { prometheus: 'quant_cost_orders', summary: 'Orders.', key: 'n' },
              { prometheus: 'quant_cost_component_bps', summary: 'Parts.', key: 'parts_bps', label: 'component' },
            ],
          },
    )
    const meta = { n: 3, parts_bps: { fees: 1.005, tax: 0, none: null } }
    const inWindows = { '1m': { cost_bps: { status: 'ok' as const, value: 1, meta } } }
    const options = optionsOf({
      dictionary,
      reader: frameReader({ books: [bookFrame({ strategyId: 's-1', account: 'live', dictionary, inWindows })] }),
    })
    const labels = 'strategy_id="s-1",account="live",window="1m"'
    expect(await linesOf(options, 'quant_cost_orders', 'quant_cost_component_bps')).toEqual([
      '# HELP quant_cost_orders Orders.',
      '# TYPE quant_cost_orders gauge',
      `quant_cost_orders{${labels},formula_version="v2",freshness="fresh"} 3`,
      '# HELP quant_cost_component_bps Parts.',
      '# TYPE quant_cost_component_bps gauge',
      `quant_cost_component_bps{${labels},component="fees",formula_version="v2",freshness="fresh"} 1`,
      `quant_cost_component_bps{${labels},component="tax",formula_version="v2",freshness="fresh"} 0`,
    ])
  })

  test('are told by adapter in a family of their own', async () => {
    const dictionary = SMALL_DICTIONARY.map((metric) =>
      metric.name === 'cost_bps' ? { ...metric, byAdapter: true as const } : metric,
    )
    const byAdapter = {
      alpaca: { cost_bps: { status: 'ok' as const, value: 1.005 } },
      lean: { cost_bps: { status: 'insufficient_data' as const, reason: 'no_fills' as const } },
    }
    const options = optionsOf({
      dictionary,
      reader: frameReader({ books: [bookFrame({ strategyId: 's-1', account: 'live', dictionary, byAdapter })] }),
    })
    const labels = (window: string) => `strategy_id="s-1",account="live",window="${window}",adapter="alpaca"`
    expect(await linesOf(options, 'quant_adapter_cost_bps', 'quant_adapter_net_pnl_usd')).toEqual([
      '# HELP quant_adapter_cost_bps Costs per notional. By adapter.',
      '# TYPE quant_adapter_cost_bps gauge',
      ...['1m', '5m', '15m', '1h', '1d', '5d', '20d'].map(
        (window) => `quant_adapter_cost_bps{${labels(window)},formula_version="v2",freshness="fresh"} 1`,
      ),
    ])
  })

  test('leave out what has no value, and a family without any sample is not there at all', async () => {
    const missing = { status: 'insufficient_data', reason: 'no_fills' } as const
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ results: { cost_bps: missing } })] }) })
    expect(await linesOf(options, 'quant_cost_bps')).toEqual([])
    const body = await renderMetrics(options)
    expect(body).not.toMatch(/ (NaN|Nan|[+-]?Inf)$/m)
    expect(body).toMatch(
      /^quant_metric_group_status\{.*window="1d",metric_group="performance",status="insufficient_data"\} 1$/m,
    )
    expect(body).toMatch(/^quant_metric_group_status\{.*window="1d",metric_group="performance",status="error"\} 0$/m)
  })

  test('say stale when a source of theirs is, and only then', async () => {
    const options = optionsOf({
      reader: frameReader({ books: [bookFrame({ sources: { prices: { asOf: T - 600_000, stale: true } } })] }),
    })
    const [pnl] = (await linesOf(options, 'quant_net_pnl_usd')).slice(2)
    const [positions] = (await linesOf(options, 'quant_open_positions')).slice(2)
    expect(pnl).toContain('freshness="stale"')
    expect(positions).toContain('freshness="fresh"')
  })

  test('escape label values', async () => {
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ account: 'a"b\\c\nd' })] }) })
    expect((await renderMetrics(options)).includes('account="a\\"b\\\\c\\nd"')).toBe(true)
  })

  test('vanish with their book', async () => {
    let frames = [bookFrame({ account: 'one' }), bookFrame({ account: 'two' })]
    const options = optionsOf({
      reader: { ...frameReader({ books: frames }), frames: () => frameReader({ books: frames }).frames() },
    })
    expect(await renderMetrics(options)).toContain('account="two"')
    frames = frames.slice(0, 1)
    expect(await renderMetrics(options)).not.toContain('account="two"')
  })

  test('are limited to whole books, and a gauge says so', async () => {
    const frames = ['a', 'b', 'c'].map((account) => bookFrame({ account }))
    const one = Number(
      (await linesOf(optionsOf({ reader: frameReader({ books: frames.slice(0, 1) }) }), 'quant_series'))
        .at(-1)
        ?.split(' ')[1],
    )
    const limited = optionsOf({ reader: frameReader({ books: frames }), maxSeries: 2 * one + 1 })
    const body = await renderMetrics(limited)
    expect(body).toContain('account="b"')
    expect(body).not.toContain('account="c"')
    expect(await linesOf(limited, 'quant_series', 'quant_series_limited')).toContain(
      'quant_series_limited{shard="0"} 1',
    )
    expect(await linesOf(limited, 'quant_series')).toContain(`quant_series{shard="0"} ${2 * one}`)
  })
})

describe('the gauges of accounts', () => {
  const values = { account_equity: value(100_000.005), account_max_drawdown: value(0.0123456) }

  test('have the label account, those of windows also window, and are rounded for output', async () => {
    const inWindows = { '1m': { account_net_pnl: missing('missing_mark') } }
    const accounts = [accountFrame({ account: 'live', results: values, inWindows })]
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ account: 'live' })], accounts }) })
    const names = ACCOUNT_DICTIONARY.map(({ prometheus }) => prometheus)
    const of = (window: string) => `account="live",window="${window}"`
    const all = ['1m', '5m', '15m', '1h', '1d', '5d', '20d']
    expect((await linesOf(options, ...names)).filter((line) => !line.startsWith('#'))).toEqual([
      'quant_account_equity_usd{account="live"} 100000.01',
      'quant_account_gross_exposure_usd{account="live"} 0',
      ...all.slice(1).map((window) => `quant_account_net_pnl_usd{${of(window)}} 0`),
      ...all.map((window) => `quant_account_max_drawdown_ratio{${of(window)}} 0.012346`),
    ])
    expect(await linesOf(options, 'quant_formula_info')).toContain(
      'quant_formula_info{metric="account_equity",formula_version="v1"} 1',
    )
  })

  test('have the decimals of their books', async () => {
    const accounts = [accountFrame({ account: 'coins', moneyDecimals: 6, results: values })]
    const options = optionsOf({ reader: frameReader({ books: [bookFrame({ account: 'coins' })], accounts }) })
    expect(await linesOf(options, 'quant_account_equity_usd')).toContain(
      'quant_account_equity_usd{account="coins"} 100000.005',
    )
  })

  test('count within the limit, and are there while one of their books is', async () => {
    const books = ['a', 'b'].map((account) => bookFrame({ account }))
    const accounts = ['a', 'b'].map((account) => accountFrame({ account }))
    const sizeOf = async (options: ExpositionOptions) =>
      Number((await linesOf(options, 'quant_series')).at(-1)?.split(' ')[1])
    const without = await sizeOf(optionsOf({ reader: frameReader({ books: books.slice(0, 1) }) }))
    const one = await sizeOf(optionsOf({ reader: frameReader({ books: books.slice(0, 1), accounts }) }))
    expect(one - without).toBe(2 + 2 * 7)
    const limited = optionsOf({ reader: frameReader({ books, accounts }), maxSeries: 2 * one - 1 })
    expect(await sizeOf(limited)).toBe(one)
    const body = await renderMetrics(limited)
    expect(body).toContain('quant_account_equity_usd{account="a"}')
    expect(body).not.toContain('account="b"')
  })

  test('vanish with their account', async () => {
    const options = optionsOf({ reader: frameReader({ books: [bookFrame()], accounts: [] }) })
    expect(await renderMetrics(options)).not.toMatch(/^quant_account/m)
  })
})

describe('companions', () => {
  test('tell as-of instants, names, formulas, sessions, books and the clock', async () => {
    const frame = bookFrame({
      strategyId: 's-1',
      strategyName: 'one',
      account: 'live',
      sources: { orders: { asOf: T - 250, stale: false }, prices: { asOf: T - 5_250, stale: false } },
    })
    const options = optionsOf({ reader: frameReader({ books: [frame] }) })
    const body = await renderMetrics(options)
    for (const line of [
      `quant_metric_group_as_of_timestamp_seconds{strategy_id="s-1",account="live",window="1d",metric_group="performance"} ${(T - 5_250) / 1000}`,
      'quant_strategy_info{strategy_id="s-1",account="live",strategy="one",calendar="XNYS"} 1',
      'quant_formula_info{metric="cost_bps",formula_version="v2"} 1',
      'quant_market_session_open{calendar="XNYS"} 1',
      'quant_market_session_open{calendar="24x7"} 1',
      `quant_market_session_next_change_timestamp_seconds{calendar="XNYS"} ${at('2026-03-10T20:00:00.000Z') / 1000}`,
      'quant_books{calendar="XNYS",shard="0"} 1',
      'quant_books{calendar="24x7",shard="0"} 0',
      `quant_frames_oldest_timestamp_seconds{calendar="XNYS",shard="0"} ${(WALL - 500) / 1000}`,
      'quant_market_all_closed_until_timestamp_seconds 0',
      `quant_exporter_time_seconds ${WALL / 1000}`,
    ])
      expect(body.split('\n')).toContain(line)
    expect(body).not.toContain('next_change_timestamp_seconds{calendar="24x7"}')
  })

  test('fail open where the calendar ends: no session gauge rather than a wrong one', async () => {
    const beyond = at('2035-01-01T00:00:00.000Z')
    const options = optionsOf({ reader: { ...frameReader({ books: [] }), now: () => beyond } })
    expect(await linesOf(options, 'quant_market_session_open')).toEqual([
      '# HELP quant_market_session_open Whether the market of a calendar is in session: 1 or 0.',
      '# TYPE quant_market_session_open gauge',
      'quant_market_session_open{calendar="24x7"} 1',
    ])
  })
})

describe('the endpoint', () => {
  test('has the type that every Prometheus accepts, compressed when asked', async () => {
    const app = express()
    app.use(createMetricsEndpoint(optionsOf()))
    const server = createServer(app)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = server.address()
      const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/metrics`
      const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
      const compressed = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
      expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
      expect(plain.headers.get('content-encoding')).toBeNull()
      expect(compressed.headers.get('content-encoding')).toBe('gzip')
      expect(await compressed.text()).toMatch(/^quant_net_pnl_usd\{/m)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })

  test('makes one exposition for scrapes that come at once, and a new one after it', async () => {
    let rendered = 0
    const reader = frameReader({ books: [bookFrame()] })
    const countedFrames = () => {
      rendered += 1
      return reader.frames()
    }
    const exposition = new Exposition(optionsOf({ reader: { ...reader, frames: countedFrames } }))
    const looksOfOne = await exposition.plain().then(() => rendered)
    const [one, other, compressed] = await Promise.all([
      exposition.plain(),
      exposition.plain(),
      exposition.compressed(),
    ])
    expect(other).toBe(one)
    expect(gunzipSync(Buffer.concat(compressed))).toEqual(Buffer.concat(one))
    expect(rendered).toBe(2 * looksOfOne)
    await exposition.plain()
    expect(rendered).toBe(3 * looksOfOne)
  })

  test('lets others have their turn while a large one is made', async () => {
    const books = Array.from({ length: 600 }, (_, index) => bookFrame({ account: `account-${index}` }))
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 0)
    const body = await renderMetrics(optionsOf({ reader: frameReader({ books }) }))
    clearInterval(timer)
    expect(body.match(/^quant_net_pnl_usd\{/gm)).toHaveLength(600 * 7)
    expect(turns).toBeGreaterThan(0)
  })

  test('keeps the rest when one part fails', async () => {
    const errors: unknown[] = []
    const reader = frameReader({ books: [bookFrame()] })
    const options = optionsOf({
      reader: {
        ...reader,
        frames: () => {
          throw new Error('broken')
        },
      },
      onError: (error) => void errors.push(error),
    })
    expect(await renderMetrics(options)).toContain(
      'quant_exporter_build_info{version="1.2.3",revision="abc",shard="0"} 1',
    )
    expect(errors.length).toBeGreaterThan(0)
  })

  test('has its own metrics only while disabled', async () => {
    const options = optionsOf({
      reader: { ...frameReader({ books: [] }), state: () => 'disabled', frames: () => undefined },
    })
    const body = await renderMetrics(options)
    expect(body).toContain('quant_exporter_enabled{shard="0"} 0')
    expect(body).not.toMatch(/^quant_(books|clock|market|net)/m)
  })
})

describe('ages and their instants', () => {
  const labels = 'strategy_id="s-1",account="live",formula_version="v1",freshness="fresh"'
  const feed = { newestAt: T - 4_250, ingestedAt: T - 4_000 }
  const frame = bookFrame({
    strategyId: 's-1',
    account: 'live',
    dictionary: DICTIONARY,
    instants: { bars: { ...feed, newestAt: T - 9_000 }, signals: feed, reviewedAt: T - 60_000 },
    ages: ['ta_freshness_seconds', 'metrics_pipeline_lag_seconds'],
  })
  const optionsAt = (now: number, books = [frame]) =>
    optionsOf({ dictionary: DICTIONARY, reader: frameReader({ books, now }) })

  test('an age is taken at the scrape, and the instant beside it stands', async () => {
    for (const later of [0, 3_000]) {
      const families = ['quant_ta_freshness_seconds', 'quant_ta_last_event_timestamp_seconds']
      const lines = await linesOf(optionsAt(T + later), ...families, 'quant_metrics_pipeline_lag_seconds')
      expect(lines.filter((line) => !line.startsWith('#'))).toEqual([
        `quant_ta_freshness_seconds{${labels}} ${later === 0 ? 4.3 : 7.3}`,
        `quant_metrics_pipeline_lag_seconds{${labels}} ${later === 0 ? 0.7 : 3.7}`,
        `quant_ta_last_event_timestamp_seconds{${labels}} ${(T - 4_250) / 1000}`,
      ])
    }
  })

  test('the review that context freshness is of has its instant too', async () => {
    expect(await linesOf(optionsAt(T), 'quant_context_last_review_timestamp_seconds')).toEqual([
      '# HELP quant_context_last_review_timestamp_seconds Time of the review of the newest reviewed decision.',
      '# TYPE quant_context_last_review_timestamp_seconds gauge',
      `quant_context_last_review_timestamp_seconds{${labels}} ${(T - 60_000) / 1000}`,
    ])
  })

  test('what never happened has neither age nor instant', async () => {
    const books = [bookFrame({ dictionary: DICTIONARY, ages: ['ta_freshness_seconds'] })]
    const families = ['quant_ta_freshness_seconds', 'quant_ta_last_event_timestamp_seconds']
    expect(await linesOf(optionsAt(T, books), ...families, 'quant_context_last_review_timestamp_seconds')).toEqual([])
  })

  test('both say stale when a feed is', async () => {
    const sources = { signals: { asOf: T - 300_000, stale: true } }
    const books = [
      bookFrame({ dictionary: DICTIONARY, ages: ['ta_freshness_seconds'], instants: frame.instants, sources }),
    ]
    const families = ['quant_ta_freshness_seconds', 'quant_ta_last_event_timestamp_seconds']
    const lines = (await linesOf(optionsAt(T, books), ...families)).filter((line) => !line.startsWith('#'))
    expect(lines.map((line) => /freshness="(\w+)"/.exec(line)?.[1])).toEqual(['stale', 'stale'])
  })
})
