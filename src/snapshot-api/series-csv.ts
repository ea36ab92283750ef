import { csvText } from './csv.js'
import type { SeriesBody } from './schemas.js'

/** One line a point, one column a metric; empty where nothing is known. */
export function seriesCsv({ timestamps, series }: Pick<SeriesBody, 'timestamps' | 'series'>): string {
  const columns = Object.values(series).map(({ values }) => values)
  const rows = timestamps.map((timestamp, index) => [timestamp, ...columns.map((values) => values[index])])
  return csvText(['timestamp', ...Object.keys(series)], rows)
}
