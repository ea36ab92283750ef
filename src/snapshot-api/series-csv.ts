import type { SeriesBody } from './schemas.js'

/** One line a point, one column a metric; empty where nothing is known. Metric names and numbers need no quotes. */
export function seriesCsv({ timestamps, series }: Pick<SeriesBody, 'timestamps' | 'series'>): string {
  const columns = Object.values(series).map(({ values }) => values)
  const lines = timestamps.map((timestamp, index) =>
    [timestamp, ...columns.map((values) => values[index] ?? '')].join(','),
  )
  return `${[['timestamp', ...Object.keys(series)].join(','), ...lines].join('\r\n')}\r\n`
}
