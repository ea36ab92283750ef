import { ACCOUNT_DICTIONARY } from '../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { Engine, type EngineOptions, type Watermarks } from '../../src/compute/engine.js'
import type { MetricDefinition } from '../../src/compute/metrics/definition.js'
import type { ComputeSettings } from '../../src/compute/settings.js'
import { type BookKey, bookId } from '../../src/domain/book.js'
import type { CalendarName } from '../../src/domain/calendar.js'
import { createCalendars } from '../../src/domain/calendars.js'
import type { Fact } from '../../src/domain/facts.js'
import type { AccountFrame, BookFrame, FrameSet } from '../../src/domain/frame.js'
import type { MetricResult } from '../../src/domain/metric.js'
import { DEFAULT_RETURN_RULES } from '../../src/domain/return-rules.js'
import { type EpochMs, MINUTE_MS, SECOND_MS, toIso } from '../../src/domain/time.js'
import { WINDOWS, type Window } from '../../src/domain/window.js'
import { ACCOUNT, STRATEGY } from './facts.js'

export const CALENDARS = createCalendars()

/** The product's defaults. */
export const SETTINGS: ComputeSettings = {
  calendars: CALENDARS,
  periodsMs: { light: SECOND_MS, medium: 5 * SECOND_MS, heavy: 30 * SECOND_MS },
  sessionRollMs: 5 * MINUTE_MS,
  markMaxAgeMs: 120 * SECOND_MS,
  maxStalenessMs: 15 * SECOND_MS,
  clockSpeed: 1,
  capitalShareOf: () => undefined,
  feeRules: [],
  benchmarkOf: (_, told) => told,
  returnRules: DEFAULT_RETURN_RULES,
}

/** Every tier is about T itself: what is compared is values, not when they are taken. */
export const AT_ONCE: Pick<ComputeSettings, 'periodsMs'> = { periodsMs: { light: 1, medium: 1, heavy: 1 } }

/** The instants at which a process with the default periods ticks before it says what it knows at T, and T. */
export function tierInstants(at: EpochMs): EpochMs[] {
  const { heavy, medium } = SETTINGS.periodsMs
  return [...new Set([Math.floor(at / heavy) * heavy, Math.floor(at / medium) * medium, at])].sort((a, b) => a - b)
}

const NOTHING_LACKS: Watermarks['lacking'] = new Map()
const WITHOUT_FEEDS: Watermarks['lacking'] = new Map([
  ['bars', 'clickhouse'],
  ['signals', 'clickhouse'],
])

export interface EngineParts extends Partial<Omit<EngineOptions, 'settings' | 'calendarOf'>> {
  readonly settings?: Partial<ComputeSettings>
  /** Calendar by strategy, as configuration gives it. */
  readonly calendars?: Readonly<Record<string, CalendarName>>
}

/** An engine as the product makes it, with a metric's failure thrown into the test's face. */
export function createEngine({ settings, calendars = {}, ...parts }: EngineParts = {}): Engine {
  return new Engine({
    dictionary: DICTIONARY,
    accountDictionary: ACCOUNT_DICTIONARY,
    settings: { ...SETTINGS, ...settings },
    startAt: 0,
    epoch: 'test',
    feedsConfigured: true,
    calendarOf: (strategyId) => calendars[strategyId],
    moneyDecimalsOf: (_, calendar) => (calendar === '24x7' ? 6 : 2),
    instruments: [],
    onMetricError: (metric, error) => {
      throw new Error(`metric ${metric} failed`, { cause: error })
    },
    ...parts,
  })
}

export function answered(at: EpochMs): Watermarks {
  return { ordersAsOf: at, feedsAsOf: at, lacking: NOTHING_LACKS }
}

/** Orders were read, ClickHouse has never answered. */
export function withoutFeeds(at: EpochMs): Watermarks {
  return { ordersAsOf: at, feedsAsOf: undefined, lacking: WITHOUT_FEEDS }
}

/**
 * The frames at T of a process that has just read these facts: orders first, then the bars that they ask for, as the
 * sources do it.
 */
export function framesAt(at: EpochMs, facts: readonly Fact[], parts: EngineParts = {}): FrameSet {
  const engine = createEngine({ startAt: at, ...parts })
  applyAll(engine, facts)
  return engine.tick(at, answered(at))
}

/** Hands facts in, bars and signals after what asks for them. */
export function applyAll(engine: Engine, facts: readonly Fact[]): void {
  const isOfFeed = (fact: Fact) => fact.fact === 'bar' || fact.fact === 'signal'
  engine.apply(facts.filter((fact) => !isOfFeed(fact)))
  engine.demand()
  engine.apply(facts.filter(isOfFeed))
}

export type NamedResults = Readonly<Record<string, MetricResult>>

/** The frame of one book; of the book that tests mean when they name none. */
export function bookOf(frames: FrameSet, key: Partial<BookKey> = {}): BookFrame {
  const frame = frames.books.get(bookId({ strategyId: STRATEGY, account: ACCOUNT, ...key }))
  if (frame === undefined) throw new Error(`no frame of ${JSON.stringify(key)}; there is ${[...frames.books.keys()]}`)
  return frame
}

/** Results of one book and window by metric name; ages are not in a frame. */
export function resultsOf(
  frame: BookFrame,
  window: Window = '1d',
  dictionary: readonly MetricDefinition[] = DICTIONARY,
): NamedResults {
  const { results } = frame.windows[window]
  const named: Record<string, MetricResult> = {}
  dictionary.forEach(({ name }, index) => {
    const result = results[index]
    if (result !== undefined) named[name] = result
  })
  return named
}

/** A result in one word for tables of expectations: its value, or its reason. */
export function brief(result: MetricResult | undefined): number | string {
  if (result === undefined) return 'absent'
  return result.status === 'ok' ? result.value : result.reason
}

/** Values or reasons of the default book at T, by metric name. */
export function briefsAt(
  at: EpochMs,
  facts: readonly Fact[],
  {
    window = '1d',
    key = {},
    ...parts
  }: EngineParts & { readonly window?: Window; readonly key?: Partial<BookKey> } = {},
): Record<string, number | string> {
  return briefs(bookOf(framesAt(at, facts, parts), key), window)
}

export function briefs(frame: BookFrame, window: Window = '1d'): Record<string, number | string> {
  return Object.fromEntries(Object.entries(resultsOf(frame, window)).map(([name, result]) => [name, brief(result)]))
}

/** Values or reasons of one account and window, by metric name. */
export function accountBriefs({ windows }: AccountFrame, window: Window = '1d'): Record<string, number | string> {
  return Object.fromEntries(ACCOUNT_DICTIONARY.map(({ name }, index) => [name, brief(windows[window][index])]))
}

/**
 * What must be the same whoever computes it: every value, status, reason and meta of every book, account and window, and the digest of
 * the inputs, in one canonical text. How often a frame changed, and what its sources' instants are, describe a process and stay out.
 */
export function frameBytes(frames: FrameSet): string {
  const books = [...frames.books].map(([id, frame]) => [
    id,
    frame.book,
    frame.moneyDecimals,
    frame.inputsDigest,
    WINDOWS.map((window) => [window, resultsOf(frame, window)]),
    [...frame.byAdapter].map(([adapter, windows]) => [
      adapter,
      WINDOWS.map((window) => [window, resultsOf({ ...frame, windows }, window)]),
    ]),
  ])
  return canonical([frames.stamp.at, frames.formulaSet, books, [...frames.accounts]])
}

/** Fails with the first results in which two frame sets differ; their whole texts would fill screens. */
export function expectSameFrames(actual: FrameSet, expected: FrameSet): void {
  if (frameBytes(actual) === frameBytes(expected)) return
  const [told, wanted] = [partsOf(actual), partsOf(expected)]
  const lines = [...new Set([...told.keys(), ...wanted.keys()])]
    .filter((name) => told.get(name) !== wanted.get(name))
    .map((name) => `${name}\n  actual   ${told.get(name)}\n  expected ${wanted.get(name)}`)
  throw new Error(
    `frames differ at ${toIso(actual.stamp.at)} in ${lines.length} places\n${lines.slice(0, 8).join('\n')}`,
  )
}

/** The parts of the canonical text, by name. */
function partsOf(frames: FrameSet): Map<string, string> {
  const parts = new Map([['formula set', frames.formulaSet]])
  for (const [id, frame] of frames.books) {
    const name = id.replace('\u0000', ' ')
    parts.set(`${name} book`, canonical([frame.book, frame.moneyDecimals]))
    parts.set(`${name} digest`, frame.inputsDigest)
    for (const [adapter, windows] of [['', frame.windows] as const, ...frame.byAdapter])
      for (const window of WINDOWS)
        for (const [metric, result] of Object.entries(resultsOf({ ...frame, windows }, window)))
          parts.set(`${name} ${window} ${metric} ${adapter}`, canonical(result))
  }
  for (const [label, { windows, ...account }] of frames.accounts) {
    parts.set(`account ${label}`, canonical(account))
    for (const window of WINDOWS)
      windows[window].forEach((result, index) => {
        parts.set(`account ${label} ${window} ${ACCOUNT_DICTIONARY[index]?.name}`, canonical(result))
      })
  }
  return parts
}

/** JSON with sorted keys that tells −0 from 0 and refuses what JSON would turn into null. */
function canonical(value: unknown): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`a frame holds ${value}`)
    return Object.is(value, -0) ? '-0' : String(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
