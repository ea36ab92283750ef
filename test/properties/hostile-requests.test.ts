import fc from 'fast-check'
import { formatCursor, parseCursor } from '../../src/snapshot-api/alert-cursor.js'
import { readAlertsQuery } from '../../src/snapshot-api/alerts-query.js'
import { readExplainQuery } from '../../src/snapshot-api/explain-query.js'
import { readGateQuery } from '../../src/snapshot-api/gate-query.js'
import { HttpProblem } from '../../src/snapshot-api/problem.js'
import { readSeriesQuery } from '../../src/snapshot-api/series-query.js'
import { readSnapshotQuery } from '../../src/snapshot-api/snapshot-query.js'
import { formatEventId, parseEventId } from '../../src/snapshot-api/stream/event-id.js'
import { readStreamQuery } from '../../src/snapshot-api/stream/stream-query.js'
import { damaged, expectCleanPrototypes, hostileText } from './hostile-text.js'
import { parameters } from './parameters.js'

/** Whatever a request asks: a query, or a refusal that names each parameter; beside `any-request`, which goes over HTTP. */

afterEach(expectCleanPrototypes)

const READERS = {
  snapshot: (target: string) => readSnapshotQuery(target, 20),
  series: (target: string) => readSeriesQuery(target, 20, Date.parse('2026-11-20T19:30:00Z')),
  alerts: readAlertsQuery,
  explain: readExplainQuery,
  gate: readGateQuery,
  stream: readStreamQuery,
}

const encode = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'))
const pair = fc
  .tuple(
    fc.constantFrom(
      'strategy_id',
      'account',
      'window',
      'metrics',
      'metric_name',
      'from',
      'to',
      'step',
      'state',
      'limit',
      'cursor',
      'adapter',
      '__proto__',
    ),
    hostileText,
  )
  .map(([name, value]) => `${name}=${encode(value)}`)
const target = fc.oneof(
  fc.array(pair, { maxLength: 6 }).map((pairs) => `/x?${pairs.join('&')}`),
  hostileText.map((text) => `/x?${text}`),
  damaged(fc.constant('/x?strategy_id=s-1&account=PA-1&window=1d&metrics=net_pnl,calmar&from=2026-11-20&step=60')),
)

test.each(Object.entries(READERS))('hostile parameters of /%s', (_, read) => {
  fc.assert(
    fc.property(target, (text) => {
      try {
        read(text).refusal.throwIfAny()
      } catch (error) {
        if (!(error instanceof HttpProblem)) throw error
        const { errors = [] } = error.details
        expect(errors.length).toBeGreaterThan(0)
        for (const { parameter, problem } of errors) {
          expect(problem.length).toBeGreaterThan(3)
          // It is told in a body of JSON; still nobody's megabyte comes back.
          expect(parameter.length).toBeLessThan(200)
        }
      }
    }),
    parameters(1_000),
  )
})

test('a Last-Event-ID or a cursor is one that was given out, or none', () => {
  const id = damaged(fc.constant('a1B2-_x.0123456789ab.42'))
  const cursor = damaged(
    fc.constant(formatCursor({ openedAt: 1_773_158_401_250, alertId: '00000000-0000-5000-8000-000000000001' })),
  )
  fc.assert(
    fc.property(fc.oneof(hostileText, id), fc.oneof(hostileText, cursor), (event, position) => {
      const read = parseEventId(event)
      if (read !== undefined) expect(formatEventId(read)).toBe(event)
      const at = parseCursor(position)
      if (at !== undefined) expect(parseCursor(formatCursor(at))).toEqual(at)
    }),
    parameters(2_000),
  )
})
