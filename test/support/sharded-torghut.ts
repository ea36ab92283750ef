import { randomUUID } from 'node:crypto'
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.js'
import { openPostgresStore } from '../../src/simulator/stores.js'
import { installPostgres } from '../../src/simulator/torghut/install.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { createPostgresWriter } from '../../src/simulator/torghut/postgres-writer.js'

export interface TradedBook {
  readonly strategyId: string
  readonly account: string
}

/** Strategies by their number, and the accounts that each trades in: one alone in its account, the others share. */
const TRADES: readonly (readonly string[])[] = [['alone'], ['a'], ['a'], ['a', 'b'], ['b'], ['b'], ['a'], ['b']]

/** Fills a Torghut with books that traded lately, before an instant; their keys are the same in every run. */
export async function fillWithBooks(dsn: string, now: number): Promise<readonly TradedBook[]> {
  const store = openPostgresStore(dsn)
  try {
    await installPostgres(store, TORGHUT_TODAY)
    const writer = createPostgresWriter(store, TORGHUT_TODAY)
    const made = (agoMs: number) => {
      const at = new Date(now - agoMs).toISOString()
      return { created_at: at, updated_at: at }
    }
    const books = TRADES.flatMap((accounts, number) =>
      accounts.map((account) => ({
        strategyId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
        account,
      })),
    )
    await writer.write(
      'strategies',
      [...new Set(books.map(({ strategyId }) => strategyId))].map((id, number) => ({
        ...{ id, name: `strategy ${number}`, enabled: true, base_timeframe: '1Min', universe_type: 'static' },
        ...{ universe_symbols: ['AAPL'], ...made(9 * DAY_MS) },
      })),
    )
    for (const [index, { strategyId, account }] of books.entries())
      for (const agoMs of [3 * DAY_MS, (index + 2) * MINUTE_MS]) {
        const [decisionId, id] = [randomUUID(), randomUUID()]
        const { created_at: at } = made(agoMs)
        const of = { alpaca_account_label: account, symbol: 'AAPL' }
        await writer.write('trade_decisions', [
          {
            ...{
              id: decisionId,
              strategy_id: strategyId,
              ...of,
              timeframe: '1Min',
              status: 'submitted',
              created_at: at,
            },
            decision_json: { action: 'buy', qty: '1', params: { price: '100' } },
          },
        ])
        await writer.write('executions', [
          {
            ...{ id, trade_decision_id: decisionId, ...of, alpaca_order_id: id, client_order_id: id, side: 'buy' },
            ...{ order_type: 'limit', time_in_force: 'day', submitted_qty: '1', filled_qty: '1', status: 'filled' },
            ...{ avg_fill_price: String(100 + index), execution_fallback_count: 0 },
            ...{ execution_expected_adapter: 'alpaca', execution_actual_adapter: 'alpaca' },
            ...{ raw_order: { submitted_at: at, filled_at: at }, ...made(agoMs) },
          },
        ])
      }
    for (const account of new Set(books.map((book) => book.account)))
      for (const agoMs of [4 * DAY_MS, MINUTE_MS]) {
        const { created_at: at } = made(agoMs)
        await writer.write('position_snapshots', [
          {
            ...{ id: randomUUID(), alpaca_account_label: account, as_of: at, created_at: at },
            ...{ equity: '10000', cash: '10000', buying_power: '10000', positions: [] },
          },
        ])
      }
    return books
  } finally {
    await store.close()
  }
}
