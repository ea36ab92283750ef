import { StageStatus } from '../../../src/app/stage-status.js'

const T = 1_000_000_000

describe('the status of a stage', () => {
  test('is failing until the first success, ok while on time, degraded when late or just in error, failing when stale', () => {
    const stage = new StageStatus('ingest:postgres', 500)
    const status = (now: number) => stage.health(now, 15_000, null).status
    expect(status(T)).toBe('failing')
    stage.succeeded(T)
    expect([status(T), status(T + 1_000), status(T + 1_001), status(T + 15_500), status(T + 15_501)]).toEqual([
      'ok',
      'ok',
      'degraded',
      'degraded',
      'failing',
    ])
    stage.failed(T + 16_000, 'source_timeout')
    stage.succeeded(T + 17_000)
    expect(stage.health(T + 17_000, 15_000, 7)).toEqual({
      stage: 'ingest:postgres',
      status: 'degraded',
      lagSeconds: 0,
      lastSuccessAt: T + 17_000,
      lastErrorAt: T + 16_000,
      lastErrorCode: 'source_timeout',
      errorsTotal: 1,
      lastFrameSeq: 7,
    })
  })

  test('tells a change once: an outage of a thousand polls is two lines of log', () => {
    const stage = new StageStatus('ingest:clickhouse', 1_000)
    expect([
      stage.succeeded(1),
      stage.succeeded(2),
      stage.failed(3, 'x'),
      stage.failed(4, 'x'),
      stage.succeeded(5),
    ]).toEqual([true, false, true, false, true])
  })

  test('tells a source that was never there once', () => {
    const stage = new StageStatus('ingest:clickhouse', 1_000)
    expect([stage.failed(1, 'x'), stage.failed(2, 'x')]).toEqual([true, false])
  })
})
