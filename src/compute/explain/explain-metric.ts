import { CalendarOutOfRange } from '../../domain/calendar.js'
import type { Explanation, ExplanationPart } from '../../domain/explanation.js'
import type { BookFrame } from '../../domain/frame.js'
import type { MetricResult } from '../../domain/metric.js'
import { resultIn } from '../../domain/reading.js'
import type { EpochMs } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import { BookReader, type BookReaderOptions } from '../book-reader.js'
import { instantOf } from '../book-sources.js'
import { Coverage } from '../coverage.js'
import type { DueMinutes } from '../due-minutes.js'
import { isAge, isLevel, isOfFeed, type MetricDefinition } from '../metrics/definition.js'
import { sameResult } from '../result.js'
import type { CoverageView, WindowView } from '../view.js'
import { accountEquityPart } from './account-equity.js'
import { activityPart } from './activity.js'
import { decisionsPart, routedPart } from './choices.js'
import { drawdownPart, earnedPart, equityPart, growthPart } from './equity.js'
import { shortfallPart, slippagePart } from './execution.js'
import { fillsPart } from './fills.js'
import { FORMULA_TEXTS } from './formula-texts.js'
import { fillLatenciesPart, submitLatenciesPart } from './latencies.js'
import { endedPart, type Span, sentPart, WindowOrders } from './orders.js'
import { type PartName, partsOf } from './parts-of.js'
import { coveragePart, instantsPart, reviewPart } from './pipeline.js'
import { heldPart, positionsPart } from './positions.js'
import { reconciliationPart } from './reconciliation.js'
import { costsPart, resultPart } from './result.js'
import { benchmarkPart, equitiesPart, flowsPart, seriesPart } from './series.js'
import { tradesPart } from './trades.js'

export interface MetricQuestion {
  readonly definition: MetricDefinition
  /** Its place in the dictionary. */
  readonly index: number
  readonly window: Window
  readonly frame: BookFrame
  /** Of the frame's T. */
  readonly due: DueMinutes
  readonly universe: readonly string[]
}

/** The book as the metric saw it. */
interface Reading {
  readonly options: BookReaderOptions
  readonly question: MetricQuestion
  readonly reader: BookReader
  readonly view: WindowView
  readonly coverage: CoverageView | undefined
}

/** These say that nothing was read, so that reading says nothing of them. */
const UNREAD = new Set(['source_unavailable', 'not_defined_for_window', 'internal_error'])

/**
 * How one number of a frame came about. Value and meta are the frame's; the parts are read from the same views and
 * accumulators that the metric was made of, at the instant of its tier, and the metric is computed once more from them to
 * tell whether they still give it. Nothing is kept, so the memory of `options` should be one of its own.
 */
export function explainMetric(options: BookReaderOptions, question: MetricQuestion): Explanation {
  const { definition, index, window, frame } = question
  const { at } = frame.stamp
  const result = resultIn(frame, window, definition, index, { now: at, calendar: options.book.calendar })
  const instant = instantOf(definition.tier, at, options.settings)
  const { start, parts, again } = read(options, question, instant)
  const isUnread = result.status !== 'ok' && UNREAD.has(result.reason)
  return {
    metric: definition,
    window,
    text: FORMULA_TEXTS[definition.name],
    result,
    instant,
    start: definition.windows === 'level' ? undefined : start,
    isReproduced: isUnread || again === undefined || sameResult(again, result),
    parts,
    frame,
  }
}

interface Read {
  readonly start: EpochMs | undefined
  readonly parts: readonly ExplanationPart[]
  /** Undefined of an age, which is made from the frame itself. */
  readonly again: MetricResult | undefined
}

function read(options: BookReaderOptions, question: MetricQuestion, instant: EpochMs): Read {
  try {
    const reader = new BookReader(options, instant)
    const view = reader.window(question.window)
    const reading = { options, question, reader, view, coverage: coverageOf(options, question, reader) }
    const parts = partsOf(question.definition.name).flatMap((name) => BUILDERS[name](reading) ?? [])
    return { start: view.start, parts, again: resultAgain(reading) }
  } catch (error) {
    if (!(error instanceof CalendarOutOfRange)) throw error
    return { start: undefined, parts: [instantsPart(question.frame)], again: undefined }
  }
}

function coverageOf(
  { book, settings }: BookReaderOptions,
  { definition, window, due, universe }: MetricQuestion,
  reader: BookReader,
): CoverageView | undefined {
  if (!isOfFeed(definition)) return undefined
  const views = new Coverage(book, settings).views({ due, universe, held: reader.heldSymbols() })
  return views.find((view) => view.window === window)
}

function resultAgain({ question: { definition, window }, view, coverage }: Reading): MetricResult | undefined {
  if (isAge(definition)) return undefined
  if (isOfFeed(definition)) return coverage === undefined ? undefined : definition.compute(coverage)
  if (isLevel(definition)) return definition.compute(view.level)
  return definition.windows === 'all' || definition.windows.includes(window) ? definition.compute(view) : undefined
}

const BUILDERS: Readonly<Record<PartName, (reading: Reading) => ExplanationPart | undefined>> = {
  result: ({ reader, view }) => resultPart(view, reader.positionsAtStart(view)),
  'fills by realized': (reading) => fillsOf(reading, 'realized'),
  'fills by notional': (reading) => fillsOf(reading, 'notional'),
  'fills by costs': (reading) => fillsOf(reading, 'costs'),
  activity: activityPart,
  positions: ({ options, view: { level } }) =>
    positionsPart('positions', 'What is held, at its marks.', level.at, level.positions, options.multiplierOf),
  held: ({ options, reader }) => heldPart(options.book, reader),
  'positions at start': ({ options, reader, view }) =>
    positionsPart(
      'positions_at_start',
      "What was held when the window began, at the start's own marks.",
      view.start,
      reader.positionsAtStart(view),
      options.multiplierOf,
    ),
  costs: ({ options, reader, view }) => costsPart(options, view, reader.sharing()),
  equity: ({ view: { level } }) => equityPart(level.equity().level(), level.equity()),
  // A book that shares takes its share of it at the open.
  'account equity': ({ options, reader, view: { level } }) =>
    accountEquityPart(
      'account_equity',
      options.account,
      reader,
      level.equity().isAlone ? level.at : opensAt(level.at, options),
    ),
  'account equity at start': ({ options, reader, view }) =>
    accountEquityPart('account_equity_at_start', options.account, reader, view.start),
  'account equity at T of its own': ({ options, reader, view: { level } }) =>
    level.equity().isAlone ? accountEquityPart('account_equity', options.account, reader, level.at) : undefined,
  'earned since open': ({ options, reader, view: { level } }) =>
    level.equity().isAlone
      ? undefined
      : earnedPart(reader.resultFrom({ start: opensAt(level.at, options), lead: Number.POSITIVE_INFINITY })),
  earned: ({ view }) => (view.level.equity().isAlone ? undefined : earnedPart(view.result())),
  growth: ({ view }) => growthPart(view.level.equity().growth(view), view.level.equity()),
  'growth since open': ({ view: { level } }) => growthPart(level.equity().sinceOpen(), level.equity()),
  reconciliation: ({ options, reader, view }) =>
    reconciliationPart(options, reader, view.level.equity().reconciliation(view)),
  series: ({ view }) => seriesPart(view.level.equity().series(view), view),
  flows: ({ view }) => flowsPart(view.level.equity().series(view)),
  equities: ({ view }) => equitiesPart(view.level.equity().series(view)),
  benchmark: ({ view }) => benchmarkPart(view, view.level.equity().series(view), view.level.benchmark),
  drawdown: ({ view }) => drawdownPart(view.level.equity().drawdown(view)),
  trades: ({ options, view }) => tradesPart(options.book, view),
  'ended orders': (reading) => endedPart(ordersOf(reading)),
  'sent orders': (reading) => sentPart(ordersOf(reading)),
  'fills against mid': (reading) => slippagePart(ordersOf(reading)),
  shortfall: (reading) => shortfallPart(ordersOf(reading)),
  'submit latencies p50': (reading) => submitLatenciesPart(ordersOf(reading), 0.5),
  'submit latencies p95': (reading) => submitLatenciesPart(ordersOf(reading), 0.95),
  'fill latencies p50': (reading) => fillLatenciesPart(ordersOf(reading), 0.5),
  'fill latencies p95': (reading) => fillLatenciesPart(ordersOf(reading), 0.95),
  'routed orders': (reading) => routedPart(ordersOf(reading)),
  decisions: ({ options, view }) => decisionsPart(options.book.decisions, spanOf(view)),
  coverage: ({ question: { definition }, coverage }) =>
    isOfFeed(definition) && coverage !== undefined ? coveragePart(definition.feed, coverage) : undefined,
  review: ({ view }) => reviewPart(view.level),
  instants: ({ options, question: { frame } }) =>
    instantsPart(frame, options.book.calendar.latestSession(frame.stamp.at)),
}

function spanOf({ start, level }: WindowView): Span {
  return { from: start, to: level.at }
}

function ordersOf({ options, view }: Reading): WindowOrders {
  return new WindowOrders(options, spanOf(view), view.costSource)
}

function opensAt(at: EpochMs, { book }: BookReaderOptions): EpochMs {
  return book.calendar.latestSession(at).opensAt
}

function fillsOf({ options, view }: Reading, measure: Parameters<typeof fillsPart>[3]): ExplanationPart {
  return fillsPart(options.book, spanOf(view), view.costSource, measure)
}
