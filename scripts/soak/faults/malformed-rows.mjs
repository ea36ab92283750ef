// Ten thousand orders come at once that nobody can make sense of, in an account of their own.
import { AT_ONCE } from '../fault-length.mjs'
import { sumOf } from '../metrics-page.mjs'
import { until } from '../processes.mjs'

const ROWS = 10_000

export const fault = {
  name: 'malformed-rows',
  title: `${ROWS} malformed rows`,
  holds: 'they are rejected and counted; every other row is read as ever',
  isShort: true,
  secondsFor: AT_ONCE,
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ postgres, exporter, clock }) {
    const rejected = async () => sumOf(await exporter.page(), 'quant_facts_rejected_total')
    const before = await rejected()
    // Each breaks something else: a status that is no word, a quantity that is no number, one below zero, a record that is
    // an array of nulls.
    await postgres.admin.query(
      `INSERT INTO executions
         (id, alpaca_account_label, alpaca_order_id, client_order_id, symbol, side, order_type, time_in_force,
          submitted_qty, filled_qty, avg_fill_price, status, raw_order, execution_expected_adapter,
          execution_actual_adapter, execution_fallback_count, last_update_at, created_at, updated_at)
       SELECT md5('malformed' || n)::uuid, 'malformed', md5('order' || n), md5('client' || n),
              CASE WHEN n % 4 = 0 THEN '' ELSE 'AAPL' END, CASE WHEN n % 4 = 1 THEN 'sideways' ELSE 'buy' END, 'market', 'day',
              1, CASE WHEN n % 4 = 2 THEN -5 ELSE 1 END, CASE WHEN n % 4 = 3 THEN 'NaN'::numeric ELSE 1 END, 'filled',
              CASE n % 3 WHEN 0 THEN '[null, null]' WHEN 1 THEN '"text"' ELSE '{"filled_at": "yesterday", "filled_qty": {}}' END::json,
              'alpaca', 'alpaca', 0, $1, $1, $1
         FROM generate_series(1, ${ROWS}) n`,
      [new Date(clock.now()).toISOString()],
    )
    let counted = 0
    await until(
      async () => {
        counted = (await rejected()) - before
        return counted >= ROWS
      },
      { withinMs: 120_000, describe: () => `all are rejected: ${counted} of ${ROWS} are` },
    )
    return { problems: [], remark: `${counted} rejections` }
  },
}
