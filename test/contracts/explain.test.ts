import request from 'supertest'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { METRIC_GROUPS } from '../../src/domain/metric.js'
import { WINDOWS } from '../../src/domain/window.js'
import { explainSchema, problemSchema, snapshotSchema } from '../../src/snapshot-api/schemas.js'
import { Turns } from '../../src/snapshot-api/turns.js'
import { AT_ONCE, answered, applyAll, createEngine, expectSameFrames } from '../support/engine.js'
import { ACCOUNT, STRATEGY } from '../support/facts.js'
import { frameReader, strategySummary } from '../support/frames.js'
import { RICH_AT, richHistory } from '../support/rich-history.js'
import { BASE, get, testApi } from '../support/snapshot-api.js'

/** The API over an engine with a week of one book. */
function explaining() {
  const engine = createEngine({ startAt: RICH_AT, settings: AT_ONCE })
  applyAll(engine, richHistory({ costs: 'records' }))
  const frames = engine.tick(RICH_AT, answered(RICH_AT))
  const reader = { ...frameReader(), frames: () => frames, strategies: () => engine.strategies(), now: () => RICH_AT }
  const { app } = testApi(reader, { dictionary: DICTIONARY, explain: (question) => engine.explain(frames, question) })
  return { app, engine, frames }
}

const asked = (metric: string, window = '1d') =>
  `${BASE}/explain?strategy_id=${STRATEGY}&account=${ACCOUNT}&window=${window}&metric_name=${metric}`

describe('/explain', () => {
  test('tells of every metric and window what /snapshot tells, and how it came about', async () => {
    const { app } = explaining()
    for (const window of WINDOWS) {
      const answer = await request(app).get(`${BASE}/snapshot?strategy_id=${STRATEGY}&window=${window}`).expect(200)
      const snapshot = snapshotSchema.parse(answer.body)
      for (const metric of snapshot.metrics) {
        const response = await request(app).get(asked(metric.metric_name, window)).expect(200)
        const { summary, reproduced, parts, ...body } = explainSchema.parse(response.body)
        expect(body).toMatchObject({
          frame_as_of: snapshot.frame_as_of,
          frame_seq: snapshot.frame_seq,
          inputs_digest: snapshot.inputs_digest,
          formula_set: snapshot.formula_set,
          window,
          metric_name: metric.metric_name,
          group: metric.group,
          value: metric.value,
          unit: metric.unit,
          status: metric.status,
          formula_version: metric.formula_version,
        })
        expect(reproduced).toBe(true)
        expect(summary).not.toBe('')
        if (metric.status === 'ok') expect(parts.length).toBeGreaterThan(0)
      }
      expect(new Set(snapshot.metrics.map(({ group }) => group)).size).toBe(METRIC_GROUPS.length)
    }
  })

  test('changes nothing of what the next tick says', async () => {
    const { app, engine } = explaining()
    const undisturbed = explaining().engine
    for (const metric of ['net_pnl', 'max_drawdown', 'slippage_bps_vs_mid']) await request(app).get(asked(metric))
    const at = RICH_AT + 30_000
    expectSameFrames(engine.tick(at, answered(at)), undisturbed.tick(at, answered(at)))
  })

  test('is no-store JSON', async () => {
    const response = await request(explaining().app).get(asked('net_pnl')).expect(200)
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('names what looks like a metric or a strategy that there is not', async () => {
    const { app } = explaining()
    const unknown = async (path: string) =>
      problemSchema.parse(JSON.parse((await request(app).get(path).expect(404)).text)).errors?.[0]
    expect(await unknown(asked('net_pln'))).toMatchObject({
      parameter: 'metric_name',
      near: expect.arrayContaining(['net_pnl']),
    })
    expect(await unknown(`${BASE}/explain?strategy_id=${STRATEGY}x&metric_name=net_pnl`)).toMatchObject({
      parameter: 'strategy_id',
      near: [STRATEGY],
    })
  })

  test('tells everything that is missing or malformed at once', async () => {
    const response = await get('/explain?window=2d&metric=net_pnl').expect(400)
    const { errors = [] } = problemSchema.parse(JSON.parse(response.text))
    expect(errors.map(({ parameter }) => parameter).sort()).toEqual(['metric', 'metric_name', 'strategy_id', 'window'])
  })

  test('is not ready before the first frame, nor while turned off', async () => {
    for (const state of ['warming_up', 'disabled'] as const) {
      const reader = frameReader({ state, strategies: [strategySummary()] })
      const response = await get('/explain?strategy_id=momentum-1&metric_name=net_pnl', reader).expect(503)
      expect(problemSchema.parse(JSON.parse(response.text)).reason).toBe(state)
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
    }
  })

  test('takes two at once and refuses a third', async () => {
    const { app } = explaining()
    const server = app.listen(0, '127.0.0.1')
    try {
      const burst = await Promise.all(Array.from({ length: 12 }, () => request(server).get(asked('sharpe_annualized'))))
      const statuses = burst.map(({ status }) => status)
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(2)
      for (const { status, headers, text } of burst) {
        if (status === 200) continue
        expect(status).toBe(503)
        expect(headers['retry-after']).toBe('1')
        expect(problemSchema.parse(JSON.parse(text)).type).toBe('urn:quant-exporter:problem:busy')
      }
      await request(server).get(asked('net_pnl')).expect(200)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('turns', () => {
  const busy = expect.objectContaining({ kind: 'busy' })

  test('are given to as many as are admitted, one after the other, and free again however they end', async () => {
    const turns = new Turns({ atMost: 2, patienceMs: 2_000, monotonicNow: () => 0 })
    const order: string[] = []
    const first = turns.take(() => order.push('first'))
    const second = turns.take(() => {
      order.push('second')
      throw new Error('failed')
    })
    await expect(turns.take(() => order.push('third'))).rejects.toEqual(busy)
    await first
    await expect(second).rejects.toThrow('failed')
    await turns.take(() => order.push('fourth'))
    expect(order).toEqual(['first', 'second', 'fourth'])
  })

  test('that come too late are refused without work', async () => {
    let now = 0
    const turns = new Turns({ atMost: 2, patienceMs: 2_000, monotonicNow: () => now })
    const first = turns.take(() => {
      now = 2_001
      return 'slow'
    })
    const second = turns.take(() => 'late')
    await expect(first).resolves.toBe('slow')
    await expect(second).rejects.toEqual(busy)
    await expect(turns.take(() => 'next')).resolves.toBe('next')
  })
})
