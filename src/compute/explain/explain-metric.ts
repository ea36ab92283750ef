import { CalendarOutOfRange } from '../../domain/calendar.js'
import type { Explanation, ExplanationPart } from '../../domain/explanation.js'
import type { BookFrame } from '../../domain/frame.js'
import type { MetricResult } from '../../domain/metric.js'
import { resultIn } from '../../domain/reading.js'
import type { EpochMs } from '../../domain/time.js'
import type { Window } from '../../domain/window.js'
import { BookReader, type BookReaderOptions } from '../book-reader.js'
import { instantOf } from '../book-sources.js'
import type { BookWindow } from '../book-window.js'
import { Coverage } from '../coverage.js'
import type { DueMinutes } from '../due-minutes.js'
import { isAge, isLevel, isOfFeed, type MetricDefinition } from '../metrics/definition.js'
import { sameResult } from '../result.js'
import type { CoverageView } from '../view.js'
import { drawdownPart, equityPart, growthPart, reconciliationPart } from './equity.js'
import { fillsPart } from './fills.js'
import { FORMULA_TEXTS } from './formula-texts.js'
import { type PartName, partsOf } from './parts-of.js'
import { countsPart, coveragePart, instantsPart, reviewPart } from './pipeline.js'
import { positionsPart } from './positions.js'
import { costsPart, resultPart } from './result.js'
import { benchmarkPart, seriesPart } from './series.js'
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
  readonly view: BookWindow
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
  result: ({ view }) => resultPart(view, view.positionsAtStart()),
  'fills by realized': (reading) => fillsOf(reading, 'realized'),
  'fills by notional': (reading) => fillsOf(reading, 'notional'),
  'fills by costs': (reading) => fillsOf(reading, 'costs'),
  positions: ({ view: { level } }) =>
    positionsPart('positions', 'What is held, at its marks.', level.at, level.positions),
  'positions at start': ({ view }) =>
    positionsPart(
      'positions_at_start',
      "What was held when the window began, at the start's own marks.",
      view.start,
      view.positionsAtStart(),
    ),
  costs: ({ view }) => costsPart(view),
  equity: ({ options, view: { level } }) => equityPart(level.equity().level(), options.account, level.equity()),
  growth: ({ view }) => growthPart(view.level.equity().growth(view), view.level.equity()),
  'growth since open': ({ view: { level } }) => growthPart(level.equity().sinceOpen(), level.equity()),
  reconciliation: ({ options, view }) => reconciliationPart(view.level.equity().reconciliation(view), options.account),
  series: ({ view }) => seriesPart(view.level.equity().series(view)),
  benchmark: ({ view }) => benchmarkPart(view, view.level.equity().series(view), view.level.benchmark),
  drawdown: ({ view }) => drawdownPart(view.level.equity().drawdown(view)),
  trades: ({ options, view }) => tradesPart(options.book, view),
  counts: ({ view }) => countsPart(view),
  coverage: ({ question: { definition }, coverage }) =>
    isOfFeed(definition) && coverage !== undefined ? coveragePart(definition.feed, coverage) : undefined,
  review: ({ view }) => reviewPart(view.level),
  instants: ({ question: { frame } }) => instantsPart(frame),
}

function fillsOf({ options, view }: Reading, measure: Parameters<typeof fillsPart>[3]): ExplanationPart {
  return fillsPart(options.book, { from: view.start, to: view.level.at }, view.costSource, measure)
}
