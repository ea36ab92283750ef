import { freshFrames } from '../../properties/processes.js'
import { bookOf, brief, createEngine, resultsOf } from '../../support/engine.js'
import { bar, decision, instant, order } from '../../support/facts.js'

/** METRICS row 30: what was not filled is priced at the mark at the order's end, however long ago that was. */

const at = (time: string) => instant(`2026-07-15T${time}-04:00`)
const NOW = at('15:00:00')

const decided = decision({ decision_id: 'd', at: at('10:29:59'), status: 'submitted', price: 100 })
const cancelledAt = (time: string, raw: Readonly<Record<string, unknown>> = {}) =>
  order({
    ...{ execution_id: 'o', decision_id: 'd', limit_price: 100, submitted_qty: 10 },
    ...{ submitted_at: at('10:30:00'), status: 'canceled', ended_at: at(time), ...raw },
  })

describe('the mark at the end of an order in the thinned past', () => {
  test('is the last bar before it for a process that asks for prices before it knows the decision', () => {
    const facts = [
      ...[decided, cancelledAt('10:31:17')],
      ...[bar('AAA', at('10:29:00'), 101), bar('AAA', at('10:31:10'), 103), bar('AAA', at('10:34:59'), 104)],
    ]
    const { implementation_shortfall_bps } = resultsOf(bookOf(freshFrames(NOW, facts)))
    expect(brief(implementation_shortfall_bps)).toBe(300)
  })

  test('is read again when the order came after prices had been asked for, the first tick or not', () => {
    const engine = createEngine({ startAt: NOW })
    const lateCount = () => engine.demand().pinsOf?.get('AAA')?.lateCount
    engine.apply([decided, cancelledAt('10:31:17')])
    expect(lateCount()).toBe(0)
    engine.apply([cancelledAt('10:41:17', { execution_id: 'late', submitted_at: at('10:40:00') })])
    expect(lateCount()).toBe(2)
    engine.apply([cancelledAt('14:59:00', { execution_id: 'recent', submitted_at: at('14:58:00') })])
    expect(lateCount()).toBe(2)
  })
})
