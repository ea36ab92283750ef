import { csvText } from './csv.js'
import type { SnapshotBody } from './schemas.js'

const COLUMNS = [
  'strategy_id',
  'strategy',
  'account',
  'window',
  'frame_as_of',
  'frame_seq',
  'metric_name',
  'group',
  'value',
  'unit',
  'status',
  'reason',
  'quality',
  'as_of',
  'freshness_seconds',
  'formula_version',
] as const

/** One line a metric; each names its book and frame, so that files can be put together. Without meta, which is no table. */
export function snapshotCsv({ metrics, ...book }: SnapshotBody): string {
  const { strategy_id, strategy, account, frame_as_of, frame_seq } = book
  const rows = metrics.map((metric) => {
    const line: Record<string, string | number | null | object> = {
      ...{ strategy_id, strategy, account, frame_as_of, frame_seq },
      ...metric,
    }
    return COLUMNS.map((column) => {
      const cell = line[column]
      return typeof cell === 'object' ? null : cell
    })
  })
  return csvText(COLUMNS, rows)
}
