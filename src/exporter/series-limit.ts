import { GaugeFamily, labelBlock } from './exposition-text.js'

/** Series of one kind, rendered: their text and how many they are. */
export interface SeriesPart {
  readonly texts: readonly Uint8Array[]
  readonly size: number
}

/** What the cap on series takes, in this order: whoever looks at books misses the first of these least. */
const LEFT_OUT = ['histograms', 'adapter_split', 'short_windows', 'books'] as const
export type LeftOut = (typeof LEFT_OUT)[number]

/** What is exported of books and accounts, and what is not for its number. */
export interface LimitedSeries extends SeriesPart {
  readonly leftOut: ReadonlySet<LeftOut>
}

export interface LimitOptions {
  readonly maxSeries: number
  readonly books: number
  readonly histograms: SeriesPart
  /** Renders the first books by id; what is dropped by a step stays dropped in the next ones. */
  readonly render: (
    books: number,
    hasShortWindows: boolean,
  ) => Promise<{ readonly values: SeriesPart; readonly adapters: SeriesPart }>
}

/**
 * As much of books and accounts as the cap allows: without histograms of orders, then without the split by adapter, then
 * without short windows of trades and execution, and at last without the last books by id.
 */
export async function withinLimit({ maxSeries, books, histograms, render }: LimitOptions): Promise<LimitedSeries> {
  const all = await render(books, true)
  const parts = [all.values, all.adapters, histograms]
  const leftOut = new Set<LeftOut>()
  for (const what of ['histograms', 'adapter_split'] as const) {
    if (sizeOf(parts) <= maxSeries) break
    parts.pop()
    leftOut.add(what)
  }
  if (sizeOf(parts) <= maxSeries) return { ...joined(parts), leftOut }
  leftOut.add('short_windows')
  for (let kept = books; ; ) {
    const { values } = await render(kept, false)
    if (kept < books) leftOut.add('books')
    if (values.size <= maxSeries || kept === 0) return { ...values, leftOut }
    kept = Math.min(kept - 1, Math.floor((kept * maxSeries) / values.size))
  }
}

/** How much there is, and what is missing of it. */
export function limitFamilies({ size, leftOut }: LimitedSeries, shard: string): GaugeFamily[] {
  const series = new GaugeFamily('quant_series', 'Series of books and accounts in this exposition.')
  const limited = new GaugeFamily(
    'quant_series_limited',
    'Whether something is left out because there would be too many series.',
  )
  const what = new GaugeFamily('quant_series_left_out', 'Whether something of this kind is left out for its number.')
  series.add(labelBlock({ shard }), size)
  limited.add(labelBlock({ shard }), leftOut.size > 0 ? 1 : 0)
  for (const kind of LEFT_OUT) what.add(labelBlock({ shard, kind }), leftOut.has(kind) ? 1 : 0)
  return [series, limited, what]
}

function sizeOf(parts: readonly SeriesPart[]): number {
  return parts.reduce((total, { size }) => total + size, 0)
}

function joined(parts: readonly SeriesPart[]): SeriesPart {
  return { texts: parts.flatMap(({ texts }) => texts), size: sizeOf(parts) }
}
