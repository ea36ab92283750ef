import type { AlertEpisode } from '../../../src/domain/alerts.js'
import { TIERS } from '../../../src/domain/metric.js'
import { alertId } from '../../../src/policy/alert-id.js'
import { evaluatorOf, judgedFrame, judgedSet, ok, says, TICK, Told } from '../../support/policy.js'

const DEEP = { max_drawdown: ok(0.06) }

function judged(parts: { remembers?: readonly AlertEpisode[]; results?: typeof DEEP; ticks?: number; from?: number }) {
  const evaluator = evaluatorOf()
  if (parts.remembers !== undefined) evaluator.remember(parts.remembers)
  const tick = (now: number, results = parts.results ?? {}) =>
    evaluator.tick(judgedSet(now, [judgedFrame(now, { results })]), () => true)
  const from = parts.from ?? TICK
  for (let index = 0; index < (parts.ticks ?? 3); index += 1) tick(from + index * 1_000)
  return { evaluator, tick, board: evaluator.board, open: () => evaluator.board.open() }
}

describe('after a restart', () => {
  test('without a memory, what breaches from the first tick judged is open since then, and says so', () => {
    expect(judged({ results: DEEP }).open()).toEqual([
      expect.objectContaining({
        policy: 'max_drawdown_1d',
        openedAt: TICK,
        meta: { restart: true },
        alertId: alertId('max_drawdown_1d', { strategyId: 'momentum-1', account: 'PA-1' }, TICK),
      }),
    ])
  })

  test('without a memory, what begins to breach later opens as always', () => {
    const process = judged({})
    for (const second of [3, 4]) process.tick(TICK + second * 1_000, DEEP)
    expect(process.open()).toEqual([expect.objectContaining({ openedAt: TICK + 4_000, meta: undefined })])
  })

  test('judges of the ticks before its start as many as a policy needs in a row, and no more', () => {
    const evaluator = evaluatorOf()
    evaluator.beginAt(TICK + 10_000)
    const rejects = { reject_rate: ok(1, { n: 9, rejected: 9 }) }
    for (let second = 0; second <= 10; second += 1) {
      const now = TICK + second * 1_000
      const results = { ...(second === 8 ? {} : DEEP), ...(second < 10 ? rejects : {}) }
      evaluator.tick(judgedSet(now, [judgedFrame(now, { results })]), () => true)
    }
    expect(evaluator.board.open()).toEqual([
      expect.objectContaining({ policy: 'max_drawdown_1d', openedAt: TICK + 9_000, meta: { restart: true } }),
    ])
    expect(evaluator.board.resolved()).toEqual([])
  })

  test('with a memory of nothing, a breach opens at the tick that would have opened it anyway', () => {
    expect(judged({ results: DEEP, remembers: [] }).open()).toEqual([
      expect.objectContaining({ openedAt: TICK + 1_000, meta: undefined }),
    ])
  })

  test('an episode goes on as the one that it was, and closes by its own age', () => {
    const [before] = judged({ results: DEEP, remembers: [] }).open()
    if (before === undefined) throw new Error('no episode')
    const process = judged({ remembers: [before], from: TICK + 60_000 })
    expect(process.open()).toEqual([expect.objectContaining({ alertId: before.alertId, openedAt: before.openedAt })])
    for (let second = 0; second < 28; second += 1) process.tick(TICK + 63_000 + second * 1_000)
    expect(process.open()).toHaveLength(1)
    process.tick(TICK + 91_000)
    expect(process.open()).toEqual([])
    expect(process.board.resolved()).toEqual([
      expect.objectContaining({ alertId: before.alertId, resolved: { at: TICK + 91_000, reason: 'recovered' } }),
    ])
  })

  test('an episode whose policy or book is there no more is closed, with why', () => {
    const [before] = judged({ results: DEEP, remembers: [] }).open()
    if (before === undefined) throw new Error('no episode')
    const gone = { ...before, strategyId: 'gone', alertId: 'a' }
    const off = { ...before, policy: 'max_leverage', alertId: 'b' }
    const unheardOf = { ...before, policy: 'max_weight', alertId: 'c' }
    const { board } = judged({ remembers: [gone, off, unheardOf], from: TICK + 60_000, ticks: 1 })
    expect(board.open()).toEqual([])
    const at = TICK + 60_000
    expect(board.resolved().map(({ alertId: id, resolved }) => [id, resolved])).toEqual([
      ['a', { at, reason: 'no_data' }],
      ['b', { at, reason: 'disabled' }],
      ['c', { at, reason: 'disabled' }],
    ])
  })

  test('a memory that comes late makes of an open episode the one that it was', () => {
    const [before] = judged({ results: DEEP, remembers: [] }).open()
    if (before === undefined) throw new Error('no episode')
    const process = judged({ results: DEEP, from: TICK + 60_000 })
    expect(process.open()[0]?.alertId).not.toBe(before.alertId)
    process.evaluator.remember([before])
    process.tick(TICK + 63_000, DEEP)
    expect(process.open()).toEqual([expect.objectContaining({ alertId: before.alertId, consecutiveFrames: 4 })])
  })
})

describe('the id of an episode', () => {
  const book = { strategyId: 'momentum-1', account: 'PA-1' }

  test('is a UUID of version 5 that depends on policy, strategy, account and opening tick alone', () => {
    const ids = [
      alertId('max_drawdown_1d', book, TICK),
      alertId('max_leverage', book, TICK),
      alertId('max_drawdown_1d', { ...book, strategyId: 'momentum-2' }, TICK),
      alertId('max_drawdown_1d', { ...book, account: 'PA-2' }, TICK),
      alertId('max_drawdown_1d', book, TICK + 1_000),
    ]
    expect(new Set(ids).size).toBe(ids.length)
    expect(alertId('max_drawdown_1d', { ...book }, TICK)).toBe(ids[0])
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('never changes: stores hold it', () => {
    expect(alertId('max_drawdown_1d', book, TICK)).toBe('867cf534-4bb7-5e91-8904-8f33a92a6c49')
  })
})

describe('the board', () => {
  test('grows its revision with every opening, change and end, and with nothing else', () => {
    const book = new Told().tick()
    const { board } = book.evaluator
    const revisions = [board.revision]
    const tick = (results: object) => revisions.push(book.tick(says({ ...results })).evaluator.board.revision)
    for (const results of [{}, DEEP, DEEP, DEEP, {}, {}]) tick(results)
    expect(revisions).toEqual([0, 0, 0, 1, 2, 3, 3])
  })

  test('finds what is asked for, newest first, page by page', () => {
    const book = new Told().tick(says(DEEP), 2).tick(says({}), 100).tick(says(DEEP), 2)
    book.tick(says({ ...DEEP, reject_rate: ok(1, { n: 9, rejected: 9 }) }))
    const { board } = book.evaluator
    const policies = (query: object) =>
      board.find({ state: 'all', limit: 10, ...query }).alerts.map(({ policy, resolved }) => [policy, resolved?.reason])
    expect(policies({})).toEqual([
      ['max_reject_rate_15m', undefined],
      ['max_drawdown_1d', undefined],
      ['max_drawdown_1d', 'recovered'],
    ])
    expect(policies({ state: 'open', severity: 'critical' })).toEqual([['max_drawdown_1d', undefined]])
    expect(policies({ state: 'resolved' })).toEqual([['max_drawdown_1d', 'recovered']])
    expect(policies({ policy: 'max_reject_rate_15m' })).toHaveLength(1)
    expect(policies({ strategyId: 'another' })).toEqual([])
    expect(policies({ account: 'PA-1', from: TICK + 60_000, to: book.now })).toEqual([['max_drawdown_1d', undefined]])
    const first = board.find({ state: 'all', limit: 2 })
    expect(first.alerts).toHaveLength(2)
    const second = board.find({ state: 'all', limit: 2, ...(first.next === undefined ? {} : { after: first.next }) })
    expect(second.alerts.map(({ resolved }) => resolved?.reason)).toEqual(['recovered'])
    expect(second.next).toBeUndefined()
  })
})

test('a start looks back as many ticks of a tier as the most patient of its policies counts', () => {
  const evaluator = evaluatorOf()
  expect(TIERS.map((tier) => [tier, evaluator.mostFramesOf(tier)])).toEqual([
    ['light', 3],
    ['medium', 3],
    ['heavy', 1],
  ])
})
