// What the exporter under test is told. Times that decide how long a comparison waits are shorter than those shipped;
// everything else is as shipped.
import { stringify } from 'yaml'
import { STRATEGIES } from '../../dist/simulator/trading/strategies.js'
import { PROBE_STRATEGY } from './probe-orders.mjs'

/** Ticks of all tiers fall together at its whole multiples: frames of then can be compared with those of a start. */
export const ALL_TIERS_SECONDS = 10

/** The book whose exposure is over its limit from beginning to end: an alert that is right, whatever else happens. */
const EXPOSED = STRATEGIES.find(({ account }) => account === 'crypto-live').id
export const STANDING_ALERT = 'QuantExposureOverLimit'

/**
 * Limits of trading that nothing reaches: what the simulated traders come to is chance, and an alert about it would say
 * nothing of faults. Those of the pipeline are as shipped.
 */
const OUT_OF_REACH = {
  ...{ max_drawdown_1d: 1, min_sharpe_5d: 'off', max_slippage_bps_15m: 10_000, max_reject_rate_15m: 1 },
  ...{ max_route_fallback_15m: 1, max_context_freshness_seconds: 86_400, pnl_reconciliation: 'off' },
}

/** `windows` are those whose gauges /metrics has of the strategies; undefined: all. */
export function quantConfig({ strategyIds, windows }) {
  const own = {
    [EXPOSED]: { policy: { max_gross_exposure_usd: 1 } },
    // Nobody snapshots its account: a limit that needs equity could not be judged, and rightly says so.
    [PROBE_STRATEGY]: { calendar: '24x7', policy: { max_drawdown_1d: 'off' } },
  }
  const shown = windows === undefined ? {} : Object.fromEntries(strategyIds.map((id) => [id, { windows, ...own[id] }]))
  const config = { benchmark: 'SPY', policy: OUT_OF_REACH, strategies: { ...own, ...shown } }
  return stringify(config, { aliasDuplicateObjects: false })
}

export function exporterEnvironment({ postgres, clickhouse, configPath, port, reconcileSeconds, others = {} }) {
  return {
    JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
    JANGAR_TORGHUT_QUANT_ALERTS_ENABLED: 'true',
    JANGAR_TORGHUT_QUANT_HEAVY_COMPUTE_INTERVAL_MS: String(ALL_TIERS_SECONDS * 1000),
    QUANT_RECONCILE_INTERVAL_SECONDS: String(reconcileSeconds),
    QUANT_STREAM_MAX_CLIENTS_PER_ADDRESS: '2000',
    QUANT_API_REQUESTS_PER_SECOND: '10000',
    QUANT_CONFIG: configPath,
    QUANT_LISTEN: `127.0.0.1:${port}`,
    TORGHUT_DB_DSN: postgres.readerDsn,
    CH_HOST: clickhouse.host,
    CH_PORT: String(clickhouse.port),
    CH_DATABASE: 'torghut',
    ...others,
    ...(postgres.storeDsn === undefined ? {} : { QUANT_STORE_DSN: postgres.storeDsn }),
  }
}
