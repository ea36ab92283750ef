import { missing } from '../../support/frames.js'
import { ok, says, Told } from '../../support/policy.js'

describe('what a reading tells of the newest frame', () => {
  test.each([
    ['a value', says({ max_drawdown: ok(0.01) }), 'value'],
    ['that nothing happened', says({ max_drawdown: missing('too_few_observations') }), 'nothing_happened'],
    ['nothing that can be known', says({ max_drawdown: missing('no_equity') }), 'unknown'],
  ])('is %s', (_what, frame, judged) => {
    const book = new Told().tick(frame)
    expect(book.reading('max_drawdown_1d')).toMatchObject({ judged, severity: 'critical', category: 'strategy' })
  })

  test('is nothing of a frame that another limit judged', () => {
    const book = new Told().tick(undefined, 3)
    const { evaluator } = book
    evaluator.settings = { ...evaluator.settings, defaults: { min_sharpe_5d: -1 } }
    expect(book.tick().reading('min_sharpe_5d')).toMatchObject({ limit: -1, judged: undefined })
    expect(book.tick(undefined, 5).reading('min_sharpe_5d')).toMatchObject({ judged: 'value' })
  })

  test('is of a tick that was judged whole', () => {
    const book = new Told()
    expect(book.evaluator.judgedAt).toBeUndefined()
    book.tick(undefined, 3)
    expect(book.evaluator.judgedAt).toBe(book.now)
  })
})
