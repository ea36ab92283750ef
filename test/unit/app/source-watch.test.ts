import { SourceWatch } from '../../../src/app/source-watch.js'
import { QuantError } from '../../../src/domain/errors.js'
import { SelfMetrics } from '../../../src/exporter/self-metrics.js'
import { T } from '../../support/frames.js'

const SECOND_MS = 1_000

function watch() {
  const selfMetrics = new SelfMetrics({ version: '0', revision: '0', shard: { index: 0, count: 1 }, tiers: ['light'] })
  const lines: string[] = []
  const note = (message: string) => void lines.push(message)
  const log = { debug: note, info: note, warn: note, error: note }
  const source = new SourceWatch({ source: 'clickhouse', periodMs: SECOND_MS, selfMetrics, log })
  const status = () => source.stage.health(T + 20_000, 15_000, null)
  return { source, status, lines }
}

const failure = new QuantError('source_timeout', 'no answer', { retryable: true })

describe('what is known of a source', () => {
  test('news that are read amid a long read count at once', () => {
    const { source, status, lines } = watch()
    source.succeeded('poll', T, 0)
    expect(status()).toMatchObject({ status: 'failing', lagSeconds: 20 })
    source.heard(T + 19_000)
    expect(status()).toMatchObject({ status: 'ok', lagSeconds: 1 })
    expect(lines).toEqual(['source up'])
  })

  test('but a source that is down, or never was up, is up only when all of a read has succeeded', () => {
    const { source, status, lines } = watch()
    source.heard(T + 19_000)
    expect(status()).toMatchObject({ status: 'failing', lastSuccessAt: null })
    source.succeeded('poll', T, 0)
    source.failed(T + SECOND_MS, 'poll', failure, 5)
    source.heard(T + 19_000)
    expect(status()).toMatchObject({ status: 'failing', lagSeconds: 20, lastErrorCode: 'source_timeout' })
    source.succeeded('poll', T + 19_500, 0)
    expect(lines).toEqual(['source up', 'source down', 'source up'])
  })
})
