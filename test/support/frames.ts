import { ACCOUNT_DICTIONARY } from '../../src/compute/account-dictionary.js'
import { bookId } from '../../src/domain/book.js'
import type { AccountFrame, BookFrame, FrameSet, SourceInstant, WindowValues } from '../../src/domain/frame.js'
import type { BookInstants, Stamp } from '../../src/domain/instants.js'
import type { FactSourceName, MetricDescription, MetricResult, Reason } from '../../src/domain/metric.js'
import type { FrameReader, HealthReport, StageHealth, StrategySummary } from '../../src/domain/ports.js'
import { type EpochMs, parseIso } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { recordOf } from '../../src/lib/record-of.js'

/** An instant by its RFC 3339 text. */
export function at(text: string): EpochMs {
  const instant = parseIso(text)
  if (instant === undefined) throw new Error(`not an instant: ${text}`)
  return instant
}

/** A Tuesday at noon in New York, the market open. */
export const T = at('2026-03-10T16:00:00.250Z')

const plain = {
  tier: 'light',
  windows: 'all',
  formulaVersion: 'v1',
  sources: ['orders'],
} as const satisfies Partial<MetricDescription>

/** One metric of each kind that readers treat differently. */
export const SMALL_DICTIONARY: readonly MetricDescription[] = [
  {
    ...plain,
    name: 'net_pnl',
    group: 'performance',
    unit: 'USD',
    prometheus: 'quant_net_pnl_usd',
    sources: ['orders', 'prices'],
    summary: 'Result after costs.',
  },
  {
    ...plain,
    name: 'cost_bps',
    group: 'performance',
    unit: 'bps',
    formulaVersion: 'v2',
    prometheus: 'quant_cost_bps',
    summary: 'Costs per notional.',
  },
  {
    ...plain,
    name: 'calmar',
    group: 'risk_adjusted',
    unit: 'ratio',
    windows: ['5d', '20d'],
    prometheus: 'quant_calmar_ratio',
    summary: 'Growth over drawdown.',
  },
  {
    ...plain,
    name: 'gross_exposure',
    group: 'exposure',
    unit: 'USD',
    windows: 'level',
    prometheus: 'quant_gross_exposure_usd',
    sources: ['orders', 'prices'],
    summary: 'Market value.',
  },
  {
    ...plain,
    name: 'position_concentration_top1_pct',
    group: 'exposure',
    unit: 'percent',
    windows: 'level',
    prometheus: 'quant_position_concentration_top1_ratio',
    prometheusScale: 0.01,
    sources: ['orders', 'prices'],
    summary: 'Largest position.',
  },
  {
    ...plain,
    name: 'open_positions',
    group: 'exposure',
    unit: 'count',
    windows: 'level',
    prometheus: 'quant_open_positions',
    extended: true,
    summary: 'Symbols held.',
  },
]

export function value(number: number, meta?: MetricResult['meta']): MetricResult {
  return meta === undefined ? { status: 'ok', value: number } : { status: 'ok', value: number, meta }
}

const GOOD_RESULTS: Readonly<Record<string, MetricResult>> = {
  net_pnl: value(1234.565),
  cost_bps: value(1.005),
  calmar: value(2.1234567),
  gross_exposure: value(250_000.1),
  position_concentration_top1_pct: value(33.33333),
  open_positions: value(3),
}

export interface FrameParts {
  readonly strategyId?: string
  readonly strategyName?: string
  readonly account?: string
  readonly calendar?: BookFrame['book']['calendar']
  readonly seq?: number
  readonly moneyDecimals?: number
  /** By metric name; the rest of GOOD_RESULTS stays. The same in every window. */
  readonly results?: Readonly<Record<string, MetricResult>>
  /** What single windows hold instead. */
  readonly inWindows?: Partial<Record<Window, Readonly<Record<string, MetricResult>>>>
  /** The same for all tiers. */
  readonly sources?: Partial<Record<FactSourceName, SourceInstant>>
  readonly instants?: Partial<BookInstants>
  readonly stamp?: Partial<Stamp>
  readonly dictionary?: readonly MetricDescription[]
  /** Metrics whose value is taken when the frame is read. */
  readonly ages?: readonly string[]
  /** What is told by adapter, by metric name; the same in every window. */
  readonly byAdapter?: Readonly<Record<string, Readonly<Record<string, MetricResult>>>>
}

/** One book at T. */
export function bookFrame(parts: FrameParts = {}): BookFrame {
  const { dictionary = SMALL_DICTIONARY, results = {}, inWindows = {}, ages = [] } = parts
  const sources = {
    orders: { asOf: T - 400, stale: false },
    snapshots: { asOf: T - 9_000, stale: false },
    prices: { asOf: T - 1_300, stale: false },
    bars: { asOf: T - 1_300, stale: false },
    signals: { asOf: T - 1_800, stale: false },
    ...parts.sources,
  }
  const valuesOf = (window: Window): WindowValues => {
    const named = { ...GOOD_RESULTS, ...results, ...inWindows[window] }
    const resultOf = (name: string) => (ages.includes(name) ? undefined : (named[name] ?? value(0)))
    return { window, results: dictionary.map(({ name }) => resultOf(name)) }
  }
  return {
    book: {
      strategyId: parts.strategyId ?? 'momentum-1',
      strategyName: parts.strategyName ?? 'Momentum',
      account: parts.account ?? 'PA-1',
      calendar: parts.calendar ?? 'XNYS',
    },
    inputsDigest: 'd0d1d2d3d4d5d6d7d0d1d2d3d4d5d6d7',
    seq: parts.seq ?? 7,
    moneyDecimals: parts.moneyDecimals ?? 2,
    byAdapter: new Map(
      Object.entries(parts.byAdapter ?? {}).map(([adapter, split]) => [adapter, splitOf(split, dictionary)]),
    ),
    windows: Object.fromEntries(WINDOWS.map((window) => [window, valuesOf(window)])) as BookFrame['windows'],
    sources: { light: sources, medium: sources, heavy: sources },
    instants: { bars: undefined, signals: undefined, reviewedAt: undefined, ...parts.instants },
    stamp: stampOf(parts.stamp),
  }
}

export function missing(reason: Reason): MetricResult {
  return { status: 'insufficient_data', reason }
}

export interface AccountParts {
  readonly account?: string
  readonly moneyDecimals?: number
  /** By metric name, the same in every window; others are 0. */
  readonly results?: Readonly<Record<string, MetricResult>>
  readonly inWindows?: FrameParts['inWindows']
}

/** One account at T. */
export function accountFrame(parts: AccountParts = {}): AccountFrame {
  const { account = 'PA-1', moneyDecimals = 2, results = {}, inWindows = {} } = parts
  const resultsOf = (window: Window) =>
    ACCOUNT_DICTIONARY.map(({ name }) => inWindows[window]?.[name] ?? results[name] ?? value(0))
  return { account, calendar: 'XNYS', moneyDecimals, windows: recordOf(WINDOWS, resultsOf) }
}

function splitOf(
  split: Readonly<Record<string, MetricResult>>,
  dictionary: readonly MetricDescription[],
): BookFrame['windows'] {
  const results = dictionary.map(({ name }) => split[name])
  return recordOf(WINDOWS, (window) => ({ window, results }))
}

function stampOf(parts: Partial<Stamp> = {}): Stamp {
  return {
    at: T,
    ordersAsOf: T - 400,
    feedsAsOf: T - 700,
    areFeedsRequired: true,
    startedAt: T - 3_600_000,
    epoch: 'e1',
    ...parts,
  }
}

function frameSet(
  books: readonly BookFrame[],
  accounts: readonly AccountFrame[],
  stamp: Partial<FrameSet['stamp']> = {},
): FrameSet {
  return {
    stamp: stampOf(stamp),
    formulaSet: 'f0f1f2f3f4f5f6f7',
    books: new Map(books.map((frame) => [bookId(frame.book), { ...frame, stamp: { ...frame.stamp, ...stamp } }])),
    accounts: new Map(accounts.map((frame) => [frame.account, frame])),
  }
}

export function strategySummary(parts: Partial<StrategySummary> = {}): StrategySummary {
  return {
    strategyId: 'momentum-1',
    name: 'Momentum',
    enabled: true,
    calendar: 'XNYS',
    accounts: ['PA-1'],
    firstFactAt: at('2026-02-02T14:31:00.000Z'),
    lastFactAt: at('2026-03-10T15:59:00.000Z'),
    ...parts,
  }
}

export function stageHealth(parts: Partial<StageHealth> = {}): StageHealth {
  return {
    stage: 'ingest:postgres',
    status: 'ok',
    lagSeconds: 0.44,
    lastSuccessAt: T - 400,
    lastErrorAt: null,
    lastErrorCode: null,
    errorsTotal: 0,
    lastFrameSeq: null,
    ...parts,
  }
}

export const GOOD_HEALTH: HealthReport = {
  status: 'ok',
  stages: [stageHealth()],
  frames: { lastAt: T, missingSeconds: 0.25, droppedTotal: 0 },
  facts: { rejected: 1, orphans: 2, waitingForPrice: 3, snapshotsRefused: 4, inferredFlows: 5, rebases: 6 },
}

export interface ReaderParts {
  readonly state?: ReturnType<FrameReader['state']>
  readonly books?: readonly BookFrame[]
  readonly accounts?: readonly AccountFrame[]
  /** Live books of other shards. */
  readonly elsewhere?: readonly BookFrame[]
  readonly stamp?: Partial<FrameSet['stamp']>
  readonly strategies?: readonly StrategySummary[]
  readonly health?: HealthReport
  readonly now?: EpochMs
  readonly alive?: boolean
}

/** A reader that says the same at every call. Frames are there while ready or stopping. */
export function frameReader(parts: ReaderParts = {}): FrameReader {
  const { state = 'ready', books = [bookFrame()] } = parts
  const all = state === 'ready' || state === 'stopping' ? frameSet(books, parts.accounts ?? [], parts.stamp) : undefined
  const others = parts.elsewhere?.map(({ book }) => [bookId(book), { book, adapters: [] }] as const)
  const set = all === undefined || others === undefined ? all : { ...all, elsewhere: new Map(others) }
  const strategies = parts.strategies ?? [strategySummary()]
  return {
    state: () => state,
    frames: () => set,
    strategies: () => strategies,
    health: () => parts.health ?? GOOD_HEALTH,
    now: () => parts.now ?? T,
    alive: () => parts.alive ?? true,
  }
}
