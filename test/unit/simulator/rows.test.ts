import { MONEY_DIGITS, PRICE_DIGITS, parseScaled, QUANTITY_DIGITS } from '../../../src/domain/exact.js'
import { SECOND_MS } from '../../../src/domain/time.js'
import { MUTABLE_DECISION_COLUMNS } from '../../../src/simulator/torghut/decision-row.js'
import { MUTABLE_EXECUTION_COLUMNS } from '../../../src/simulator/torghut/execution-row.js'
import { ACCOUNTS } from '../../../src/simulator/trading/accounts.js'
import { STRATEGIES } from '../../../src/simulator/trading/strategies.js'
import { type RecordedRow, recordDay } from './recorded-simulation.js'

const recording = await recordDay({ sessions: 12 })
const decisions = recording.rows('trade_decisions')
const executions = recording.rows('executions')

function groupBy(rows: readonly RecordedRow[], column: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) counts[String(row[column])] = (counts[String(row[column])] ?? 0) + 1
  return counts
}

function json(value: unknown): Record<string, unknown> {
  return value as Record<string, unknown>
}

const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n)
const quantity = (text: unknown) => parseScaled(String(text), QUANTITY_DIGITS) ?? 0n
const price = (text: unknown) => parseScaled(String(text), PRICE_DIGITS) ?? 0n
const money = (text: unknown) => parseScaled(String(text), MONEY_DIGITS) ?? 0n

test('names its strategies synthetic, with a universe each', () => {
  const strategies = recording.rows('strategies')
  expect(strategies.map(({ id }) => id)).toEqual(STRATEGIES.map(({ id }) => id))
  for (const { description, universe_symbols } of strategies) {
    expect(description).toMatch(/^synthetic: /)
    expect((universe_symbols as string[]).length).toBeGreaterThan(5)
  }
})

test('shows every status of the story in decisions and orders', () => {
  expect(Object.keys(groupBy(decisions, 'status')).sort()).toEqual([
    ...['blocked', 'canceled', 'expired', 'filled', 'planned', 'rejected', 'submitted'],
  ])
  const seen = groupBy(recording.versions('executions'), 'status')
  expect(Object.keys(seen).sort()).toEqual([
    ...['accepted', 'canceled', 'expired', 'filled', 'new', 'partially_filled', 'rejected'],
  ])
  const partly = executions.filter(({ status, filled_qty }) => status !== 'filled' && filled_qty !== '0')
  expect(Object.keys(groupBy(partly, 'status')).sort()).toEqual(['canceled', 'expired'])
})

test('keeps internal vetoes, broker refusals and faults without an order apart by their reasons', () => {
  const withOrder = new Set(executions.map(({ trade_decision_id }) => trade_decision_id))
  const refused = decisions.filter(
    ({ id, status }) => !withOrder.has(id) && ['rejected', 'blocked'].includes(String(status)),
  )
  const reasons = new Set(refused.flatMap(({ decision_json }) => json(decision_json).risk_reasons as string[]))
  const heads = new Set([...reasons].map((reason) => reason.split(' ')[0]))
  for (const head of ['alpaca_order_rejected', 'alpaca_order_submit_failed', 'decision_handler_error', 'llm_veto']) {
    expect(heads).toContain(head)
  }
  for (const { decision_json } of refused) expect(json(decision_json).risk_reasons).toHaveLength(1)
})

test('writes every number in decisions and orders as text', () => {
  const decided = decisions.map(({ decision_json }) => json(decision_json))
  const raw = executions.map(({ raw_order }) => json(raw_order))
  const numbers = [
    ...decided.flatMap(({ qty, params }) => [qty, json(params).price, json(json(params).price_snapshot).spread]),
    ...executions.flatMap(({ submitted_qty, filled_qty }) => [submitted_qty, filled_qty]),
    ...raw.flatMap(({ qty, filled_qty }) => [qty, filled_qty]),
  ]
  expect(numbers.filter((number) => typeof number !== 'string' || !/^\d+(\.\d{1,8})?$/.test(number))).toEqual([])
  expect(new Set(decided.map(({ action }) => action))).toEqual(new Set(['buy', 'sell']))
  const times = raw.map(({ submitted_at }) => String(submitted_at))
  expect(times.filter((time) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time))).toEqual([])
})

test('gives an order the hash of its decision as client order id, and the decision its submit time', () => {
  const byId = new Map(decisions.map((row) => [row.id, row]))
  expect(executions.length).toBeGreaterThan(2000)
  for (const { trade_decision_id, client_order_id, created_at } of executions) {
    expect(byId.get(String(trade_decision_id))).toMatchObject({
      decision_hash: client_order_id,
      executed_at: created_at,
    })
  }
})

test('mutates rows in place: only mutable columns change, quantities only grow, writing times only advance', () => {
  const latest = new Map<string, RecordedRow>()
  for (const row of recording.versions('executions')) {
    const before = latest.get(row.id)
    latest.set(row.id, row)
    if (!before) continue
    const changed = Object.keys(row).filter((column) => JSON.stringify(row[column]) !== JSON.stringify(before[column]))
    expect(MUTABLE_EXECUTION_COLUMNS).toEqual(expect.arrayContaining(changed))
    expect(quantity(row.filled_qty) >= quantity(before.filled_qty)).toBe(true)
    expect(Date.parse(String(row.updated_at))).toBeGreaterThan(Date.parse(String(before.updated_at)))
  }
  const firstDecisions = new Map<string, RecordedRow>()
  for (const row of recording.versions('trade_decisions')) {
    const before = firstDecisions.get(row.id) ?? row
    firstDecisions.set(row.id, before)
    const changed = Object.keys(row).filter((column) => JSON.stringify(row[column]) !== JSON.stringify(before[column]))
    expect(MUTABLE_DECISION_COLUMNS).toEqual(expect.arrayContaining(changed))
  }
})

test('rewrites open orders every fifteen seconds though nothing changed', () => {
  const versions = new Map<string, RecordedRow[]>()
  for (const row of recording.versions('executions')) versions.set(row.id, [...(versions.get(row.id) ?? []), row])
  const idle = [...versions.values()].flatMap((rows) =>
    rows.slice(1).filter((row, index) => row.status === 'new' && rows[index]?.status === 'new'),
  )
  expect(idle.length).toBeGreaterThan(10)
  for (const { updated_at } of idle) expect(Date.parse(String(updated_at)) % (15 * SECOND_MS)).toBe(0)
})

test('shows the same quantity, price and status in the row and in the latest record of the broker', () => {
  for (const row of executions) {
    const raw = json(row.raw_order)
    const event = raw._order_feed_last_event === undefined ? undefined : json(json(raw._order_feed_last_event).order)
    const record = json(event ?? raw._broker_reconcile_last_order ?? raw)
    expect(record).toMatchObject({
      filled_qty: row.filled_qty,
      filled_avg_price: row.avg_fill_price,
      status: row.status,
    })
    if (record !== raw) expect(raw).toMatchObject({ filled_qty: '0', status: 'accepted', filled_at: null })
    expect(record.filled_at === null).toBe(row.status !== 'filled')
    expect(record.canceled_at === null).toBe(row.status !== 'canceled')
    expect(record.expired_at === null).toBe(row.status !== 'expired')
    expect(record.failed_at === null).toBe(row.status !== 'rejected')
  }
})

test('tells the costs of an account under its own key, and none where it has none', () => {
  for (const { label, costs } of ACCOUNTS) {
    const filled = executions.filter((row) => row.alpaca_account_label === label && row.filled_qty !== '0')
    const keys = new Set(
      filled.flatMap(({ raw_order }) =>
        Object.keys(json(raw_order)).filter((key) => ['commission', 'total_fees', 'cost_amount'].includes(key)),
      ),
    )
    expect([...keys]).toEqual(costs ? [costs.key] : [])
  }
})

test('sends the orders of the LEAN account through LEAN, and now and then through the broker after all', () => {
  const lean = executions.filter(({ alpaca_account_label }) => alpaca_account_label === 'lean-paper')
  const fallbacks = lean.filter(({ execution_actual_adapter }) => execution_actual_adapter === 'alpaca')
  expect(groupBy(lean, 'execution_expected_adapter')).toEqual({ lean: lean.length })
  expect(fallbacks.length).toBeGreaterThan(5)
  for (const row of fallbacks)
    expect(row).toMatchObject({ execution_fallback_count: 1, execution_fallback_reason: 'lean_runner_timeout' })
})

test('keeps the events of some orders, cumulative and ending at the quantity of the row, some of them unlinked', () => {
  const events = recording.rows('execution_order_events')
  const byOrder = new Map<unknown, RecordedRow[]>()
  for (const event of events) byOrder.set(event.client_order_id, [...(byOrder.get(event.client_order_id) ?? []), event])
  expect(byOrder.size / executions.length).toBeGreaterThan(0.1)
  expect(byOrder.size / executions.length).toBeLessThan(0.4)
  expect(events.some(({ execution_id }) => execution_id === null)).toBe(true)
  expect(Object.keys(groupBy(events, 'event_type')).sort()).toEqual([
    'canceled',
    'expired',
    'fill',
    'new',
    'partial_fill',
    'rejected',
  ])
  const rows = new Map(executions.map((row) => [row.client_order_id, row]))
  for (const [order, list] of byOrder) {
    const filled = list.map(({ filled_qty }) => quantity(filled_qty))
    expect(filled).toEqual([...filled].sort((a, b) => (a < b ? -1 : 1)))
    expect(sum(list.map(({ filled_qty_delta }) => quantity(filled_qty_delta ?? '0')))).toBe(filled.at(-1))
    if (['filled', 'canceled'].includes(String(rows.get(order)?.status)))
      expect(filled.at(-1)).toBe(quantity(rows.get(order)?.filled_qty))
  }
})

test('reviews part of the decisions, with the context they saw, before their orders', () => {
  const reviews = recording.rows('llm_decision_reviews')
  expect(reviews.length / decisions.length).toBeGreaterThan(0.2)
  expect(Object.keys(groupBy(reviews, 'verdict')).sort()).toEqual([
    'abstain',
    'adjust',
    'approve',
    'error',
    'escalate',
    'veto',
  ])
  const executed = new Map(decisions.map(({ id, executed_at }) => [id, executed_at]))
  for (const { trade_decision_id, input_json, verdict, confidence, created_at } of reviews) {
    const context = json(json(input_json).market_context)
    expect(Object.keys(context)).toEqual([
      'as_of_utc',
      'freshness_seconds',
      'quality_score',
      'source_count',
      'risk_flags',
    ])
    expect(confidence === null).toBe(verdict === 'error')
    const executedAt = executed.get(String(trade_decision_id))
    if (executedAt) expect(String(created_at) < String(executedAt)).toBe(true)
  }
})

test('writes shorts with the sign that the account uses, coins without a slash, and equity as cash and market value', () => {
  const snapshots = recording.rows('position_snapshots')
  const shown = snapshots.flatMap(({ alpaca_account_label, positions }) =>
    (positions as Record<string, string>[]).map((position) => ({ account: alpaca_account_label, ...position })),
  ) as { account: string; symbol: string; side: string; qty: string }[]
  const shorts = (label: string) => shown.filter(({ account, side }) => account === label && side === 'short')
  expect(shown.filter(({ symbol }) => symbol.includes('/'))).toEqual([])
  expect(shorts('alpha-live').length).toBeGreaterThan(100)
  expect(shorts('alpha-live').filter(({ qty }) => !qty.startsWith('-'))).toEqual([])
  expect(shorts('shared-paper').length).toBeGreaterThan(100)
  expect(shorts('shared-paper').filter(({ qty }) => qty.startsWith('-'))).toEqual([])
  const gaps = snapshots.map(({ equity, cash, positions }) => {
    const value = sum((positions as Record<string, string>[]).map(({ market_value }) => money(market_value)))
    return money(equity) - money(cash) - value
  })
  expect(gaps.filter((gap) => gap > 10n ** 10n || gap < -(10n ** 10n))).toEqual([])
})

test('its rows alone explain the cash and the positions of each exchange account after the close, to the last digit', () => {
  for (const account of ACCOUNTS.filter(({ calendar }) => calendar === 'XNYS')) {
    const rows = executions.filter(({ alpaca_account_label }) => alpaca_account_label === account.label)
    const traded = rows.map((row) => {
      const sign = row.side === 'buy' ? 1n : -1n
      const costs = account.costs ? money(json(row.raw_order)[account.costs.key] ?? '0') : 0n
      const qty = sign * quantity(row.filled_qty)
      return { symbol: String(row.symbol), qty, cash: -qty * price(row.avg_fill_price ?? '0') - costs }
    })
    const last = recording
      .rows('position_snapshots')
      .filter(({ alpaca_account_label }) => alpaca_account_label === account.label)
      .at(-1)
    const cash = BigInt(account.initialCashUsd) * 10n ** 17n + sum(traded.map((entry) => entry.cash))
    expect(money(last?.cash) - cash < 5n * 10n ** 8n && cash - money(last?.cash) <= 5n * 10n ** 8n).toBe(true)
    const held = new Map<string, bigint>()
    for (const { symbol, qty } of traded) held.set(symbol, (held.get(symbol) ?? 0n) + qty)
    const shown = (last?.positions as Record<string, string>[]).map(({ symbol, side, qty = '0' }): [string, bigint] => [
      String(symbol),
      side === 'short' ? -quantity(qty.replace('-', '')) : quantity(qty),
    ])
    expect(new Map(shown)).toEqual(new Map([...held].filter(([, qty]) => qty !== 0n)))
  }
})
