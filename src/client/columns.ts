import type { MetricState } from './stream-events.js'

/** How a number of the scoreboard is written: a stored ratio may be meant as a share of a hundred. */
type Shown = 'money' | 'percent' | 'ratio'

export interface Column {
  readonly metric: string
  readonly title: string
  readonly shown: Shown
  /** Above zero it is a gain, below it a loss, and its sign is always written. */
  readonly isSigned: boolean
}

/** The scoreboard's numbers, in the order in which they are read. */
export const COLUMNS: readonly Column[] = [
  { metric: 'net_pnl', title: 'Net PnL', shown: 'money', isSigned: true },
  { metric: 'cumulative_return', title: 'Return', shown: 'percent', isSigned: true },
  { metric: 'sharpe_annualized', title: 'Sharpe', shown: 'ratio', isSigned: true },
  { metric: 'sortino_annualized', title: 'Sortino', shown: 'ratio', isSigned: true },
  { metric: 'max_drawdown', title: 'Max drawdown', shown: 'percent', isSigned: false },
  { metric: 'profit_factor', title: 'Profit factor', shown: 'ratio', isSigned: false },
]

export interface Cell {
  readonly text: string
  readonly tone: 'gain' | 'loss' | 'plain' | 'none'
  /** Said in words beside the number; empty where there is nothing to say. */
  readonly note: string
}

/** A number as people read it. Its sign is written, and a gain is one only while it is fresh: an old number must not look well. */
export function cellOf({ shown, isSigned }: Column, metric: MetricState | undefined): Cell {
  if (metric === undefined) return { text: '–', tone: 'none', note: 'not told' }
  const { value, reason, quality } = metric
  if (value === null) {
    const why = inWords(reason ?? 'no value')
    return { text: '–', tone: 'none', note: quality === 'error' ? `error: ${why}` : why }
  }
  const text = formatNumber(shown, value, isSigned)
  if (quality !== 'good') return { text, tone: 'plain', note: inWords(quality) }
  if (!isSigned || !/[1-9]/.test(text)) return { text, tone: 'plain', note: '' }
  return { text, tone: value > 0 ? 'gain' : 'loss', note: '' }
}

/** `+$1,234.50`, `-0.35 %`, `1.87`. */
export function formatNumber(shown: Shown, value: number, isSigned: boolean): string {
  const digits = Math.abs(shown === 'percent' ? value * 100 : value).toFixed(2)
  const sign = /[1-9]/.test(digits) ? (value < 0 ? '-' : isSigned ? '+' : '') : ''
  const grouped = digits.replace(/\B(?=(\d{3})+\.)/g, ',')
  if (shown === 'money') return `${sign}$${grouped}`
  return shown === 'percent' ? `${sign}${grouped} %` : `${sign}${grouped}`
}

/** A code of the API as words. */
export function inWords(code: string): string {
  return code.replaceAll('_', ' ')
}
