import type { BookFrame } from './frame.js'
import type { MetricDescription, MetricResult } from './metric.js'
import type { EpochMs } from './time.js'
import type { Window } from './window.js'

/** What somebody wants to have explained: one metric of one book in one window. */
export interface ExplanationQuestion {
  readonly strategyId: string
  readonly account: string
  readonly window: Window
  readonly metric: string
}

/** Figures by name; the name carries the unit, instants are RFC 3339. */
export type ExplanationRow = Readonly<Record<string, string | number | boolean | null>>

/** Rows of which there may be many: the ones that matter most, and what the others come to. */
export interface ExplanationList {
  /** How the rows are ordered, and so which of them were left out. */
  readonly order: string
  readonly rows: readonly ExplanationRow[]
  readonly leftOut: {
    readonly count: number
    /** Sums over what was left out, by the names of the rows that they are sums of. */
    readonly sums: ExplanationRow
  }
}

/** One thing that a metric rests on. */
export interface ExplanationPart {
  readonly name: string
  /** One sentence for who reads it. */
  readonly about: string
  /** Intermediate results. */
  readonly values: ExplanationRow
  readonly list?: ExplanationList
}

/** What a metric is by its definition, in words. */
export interface FormulaText {
  readonly formula: string
  readonly undefinedWhen: string
  readonly convention: string
  readonly source: string
}

/** How one number of a frame came about: enough to redo it with a calculator, and bounded whatever the book did. */
export interface Explanation {
  readonly metric: MetricDescription
  readonly window: Window
  readonly text: FormulaText | undefined
  /** The frame's own result. */
  readonly result: MetricResult
  /** The instant that the number is about: that of its tier, T or a little before. */
  readonly instant: EpochMs
  /** Exclusive start of the window; undefined where the calendar does not know it. */
  readonly start: EpochMs | undefined
  /**
   * False when facts have come since the frame that speak of its instant: the parts show what is known now, and give
   * another number than the frame's.
   */
  readonly isReproduced: boolean
  readonly parts: readonly ExplanationPart[]
  readonly frame: BookFrame
}
