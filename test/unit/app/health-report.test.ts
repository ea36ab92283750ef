import { ComputeStages } from '../../../src/app/compute-stages.js'
import { reportHealth } from '../../../src/app/health-report.js'
import { StageStatus } from '../../../src/app/stage-status.js'
import { createCalendars } from '../../../src/domain/calendars.js'
import type { FrameSet } from '../../../src/domain/frame.js'
import { at, bookFrame, frameReader } from '../../support/frames.js'

const CALENDARS = createCalendars()
const FACTS = { rejected: 0, orphans: 0, waitingForPrice: 0, snapshotsRefused: 0, inferredFlows: 0, rebases: 0 }
/** A Tuesday at noon in New York, and a Sunday. */
const OPEN = at('2026-03-10T16:00:00.000Z')
const CLOSED = at('2026-03-08T16:00:00.000Z')

/** When a stage succeeded last, and erred last, in milliseconds before now; undefined: never. */
interface Past {
  readonly succeeded?: number
  readonly erred?: number
}
interface Case {
  readonly state?: 'warming_up' | 'ready' | 'stopping'
  readonly postgres?: Past
  readonly clickhouse?: Past | 'not configured'
  readonly tick?: Past
}

const GOOD: Past = { succeeded: 400 }

function healthOf({ state = 'ready', postgres = GOOD, clickhouse = GOOD, tick = GOOD }: Case) {
  const stageOf = (source: 'postgres' | 'clickhouse', { succeeded, erred }: Past) => {
    const stage = new StageStatus(`ingest:${source}`, source === 'postgres' ? 500 : 1_000)
    if (erred !== undefined) stage.failed(OPEN - erred, 'source_timeout')
    if (succeeded !== undefined) stage.succeeded(OPEN - succeeded)
    return stage
  }
  const compute = new ComputeStages(['light'], { light: 1_000, medium: 5_000, heavy: 30_000 }, 1)
  if (tick.erred !== undefined) compute.failed(OPEN - tick.erred, Number.NEGATIVE_INFINITY, 'internal_error')
  if (tick.succeeded !== undefined) compute.succeeded(OPEN - tick.succeeded, Number.NEGATIVE_INFINITY)
  const isConfigured = clickhouse !== 'not configured'
  return reportHealth({
    ...{ state, now: OPEN, maxStalenessMs: 15_000, compute, calendars: CALENDARS, dropped: 3, facts: FACTS },
    stores: { stages: [], isWriter: undefined },
    sources: [
      { stage: stageOf('postgres', postgres), isRequired: true, isConfigured: true },
      { stage: stageOf('clickhouse', isConfigured ? clickhouse : {}), isRequired: false, isConfigured },
    ],
    frames: frameReader({ books: [bookFrame({ stamp: { at: OPEN } })], stamp: { at: OPEN } }).frames(),
  })
}

describe('the health of the whole', () => {
  const table: readonly (readonly [name: string, of: Case, whole: string, stages: readonly string[]])[] = [
    ['all is well', {}, 'ok', ['ok', 'ok', 'ok']],
    ['no feed is configured', { clickhouse: 'not configured' }, 'ok', ['ok', 'disabled', 'ok']],
    ['polls are two periods late', { postgres: { succeeded: 1_001 } }, 'degraded', ['degraded', 'ok', 'ok']],
    ['polls are on time', { postgres: { succeeded: 1_000 } }, 'ok', ['ok', 'ok', 'ok']],
    ['one failed just now', { postgres: { succeeded: 0, erred: 59_999 } }, 'degraded', ['degraded', 'ok', 'ok']],
    ['one failed a minute ago', { postgres: { succeeded: 0, erred: 60_000 } }, 'ok', ['ok', 'ok', 'ok']],
    ['orders are not stale yet', { postgres: { succeeded: 15_500 } }, 'degraded', ['degraded', 'ok', 'ok']],
    ['orders are stale', { postgres: { succeeded: 15_501 } }, 'failing', ['failing', 'ok', 'ok']],
    [
      'feeds do not answer: there are frames',
      { clickhouse: { succeeded: 16_001 } },
      'degraded',
      ['ok', 'failing', 'ok'],
    ],
    ['feeds never answered', { clickhouse: {} }, 'degraded', ['ok', 'failing', 'ok']],
    ['no tick completes', { tick: { succeeded: 16_001 } }, 'failing', ['ok', 'ok', 'failing']],
    ['a tick failed', { tick: { succeeded: 0, erred: 10 } }, 'degraded', ['ok', 'ok', 'degraded']],
    [
      'the history is being read',
      { state: 'warming_up', postgres: {}, tick: {} },
      'warming_up',
      ['failing', 'ok', 'failing'],
    ],
    ['it is shutting down', { state: 'stopping' }, 'ok', ['ok', 'ok', 'ok']],
  ]
  test.each(table)('when %s', (_name, of, whole, stages) => {
    const health = healthOf(of)
    expect([health.status, health.stages.map(({ status }) => status)]).toEqual([whole, stages])
    expect(health.stages.map(({ stage }) => stage)).toEqual(['ingest:postgres', 'ingest:clickhouse', 'compute:light'])
    expect(health.frames.droppedTotal).toBe(3)
  })
})

describe('the age of the oldest frame', () => {
  const framesOf = (...books: readonly (readonly ['XNYS' | '24x7', number])[]): FrameSet => {
    const frames = books.map(([calendar, stampAt], index) =>
      bookFrame({ strategyId: `s${index}`, calendar, stamp: { at: stampAt } }),
    )
    const set = frameReader({ books: frames }).frames()
    if (set === undefined) throw new Error('no frames')
    return { ...set, books: new Map(frames.map((frame) => [frame.book.strategyId, frame])) }
  }
  const table: readonly (readonly [name: string, now: number, frames: FrameSet | undefined, seconds: number | null])[] =
    [
      ['of an open market', OPEN, framesOf(['XNYS', OPEN - 4_000]), 4],
      ['of the oldest', OPEN, framesOf(['XNYS', OPEN - 4_000], ['24x7', OPEN - 9_000]), 9],
      ['never below nothing', OPEN, framesOf(['XNYS', OPEN + 50]), 0],
      ['of a closed market is none', CLOSED, framesOf(['XNYS', CLOSED - 4_000]), null],
      ['of books whose market is open', CLOSED, framesOf(['XNYS', CLOSED - 90_000], ['24x7', CLOSED - 2_000]), 2],
      [
        'beyond the calendar it may be open',
        at('2150-03-10T16:00:00.000Z'),
        framesOf(['XNYS', at('2150-03-10T15:59:59.000Z')]),
        1,
      ],
      ['without books is none', OPEN, framesOf(), null],
      ['before the first frame is none', OPEN, undefined, null],
    ]
  test.each(table)('%s', (_name, now, frames, seconds) => {
    const compute = new ComputeStages(['light'], { light: 1_000, medium: 5_000, heavy: 30_000 }, 1)
    const health = reportHealth({
      ...{ state: 'ready', now, maxStalenessMs: 15_000, sources: [], compute, frames },
      stores: { stages: [], isWriter: undefined },
      ...{ calendars: CALENDARS, dropped: 0, facts: FACTS },
    })
    expect(health.frames.missingSeconds).toBe(seconds)
  })
})
