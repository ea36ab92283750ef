// Generated from docs/openapi.json (contract 0.1.0) by npm run generate.
// Instants are RFC 3339 in UTC with milliseconds. null never stands alone: status and reason say why.

export type Strategies = {
  readonly strategies: readonly {
    readonly strategy_id: string
    readonly name: string
    readonly enabled: boolean
    readonly calendar: "XNYS" | "24x7"
    readonly accounts: readonly string[]
    readonly first_fact_at: string | null
    readonly last_fact_at: string | null
  }[]
}

export type Snapshot = {
  readonly strategy_id: string
  readonly strategy: string
  readonly account: string
  readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
  readonly frame_as_of: string
  readonly frame_seq: number
  readonly formula_set: string
  readonly inputs_digest: string
  readonly session: Session
  readonly quality: "good" | "stale" | "insufficient_data" | "error"
  readonly groups: readonly {
    readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
    readonly as_of: string | null
    readonly freshness_seconds: number | null
    readonly quality: "good" | "stale" | "insufficient_data" | "error"
  }[]
  readonly metrics: readonly ({
    readonly metric_name: string
    readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
    readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
    readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
    readonly as_of: string | null
    readonly freshness_seconds: number | null
    readonly formula_version: string
    readonly meta: { readonly [key: string]: MetaValue }
    readonly value: number
    readonly status: "ok"
    readonly quality: "good" | "stale"
  } | {
    readonly metric_name: string
    readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
    readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
    readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
    readonly as_of: string | null
    readonly freshness_seconds: number | null
    readonly formula_version: string
    readonly meta: { readonly [key: string]: MetaValue }
    readonly value: null
    readonly status: "insufficient_data"
    readonly reason: "calendar_out_of_range" | "currency" | "internal_error" | "missing_mark" | "no_benchmark" | "no_cost_source" | "no_decision_price" | "no_decisions" | "no_downside" | "no_drawdown" | "no_equity" | "no_events" | "no_fills" | "no_losses" | "no_mid" | "no_observations" | "no_orders" | "no_positions" | "no_reviews" | "no_timestamps" | "no_trades" | "no_universe" | "no_wins" | "non_positive_equity" | "not_defined_for_window" | "nothing_due" | "source_unavailable" | "too_few_observations" | "unknown_opening_position" | "window_not_covered" | "zero_variance"
    readonly quality: "insufficient_data"
  } | {
    readonly metric_name: string
    readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
    readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
    readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
    readonly as_of: string | null
    readonly freshness_seconds: number | null
    readonly formula_version: string
    readonly meta: { readonly [key: string]: MetaValue }
    readonly value: null
    readonly status: "error"
    readonly reason: "calendar_out_of_range" | "currency" | "internal_error" | "missing_mark" | "no_benchmark" | "no_cost_source" | "no_decision_price" | "no_decisions" | "no_downside" | "no_drawdown" | "no_equity" | "no_events" | "no_fills" | "no_losses" | "no_mid" | "no_observations" | "no_orders" | "no_positions" | "no_reviews" | "no_timestamps" | "no_trades" | "no_universe" | "no_wins" | "non_positive_equity" | "not_defined_for_window" | "nothing_due" | "source_unavailable" | "too_few_observations" | "unknown_opening_position" | "window_not_covered" | "zero_variance"
    readonly quality: "error"
  })[]
  readonly alerts: readonly Alert[]
}

export type Delta = {
  readonly strategy_id: string
  readonly account: string
  readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
  readonly frame_seq: number
  readonly prev_frame_seq: number
  readonly frame_as_of: string
  readonly changed: readonly ({
    readonly metric_name: string
    readonly as_of: string | null
    readonly value: number
    readonly status: "ok"
    readonly quality: "good" | "stale"
  } | {
    readonly metric_name: string
    readonly as_of: string | null
    readonly value: null
    readonly status: "insufficient_data" | "error"
    readonly reason: "calendar_out_of_range" | "currency" | "internal_error" | "missing_mark" | "no_benchmark" | "no_cost_source" | "no_decision_price" | "no_decisions" | "no_downside" | "no_drawdown" | "no_equity" | "no_events" | "no_fills" | "no_losses" | "no_mid" | "no_observations" | "no_orders" | "no_positions" | "no_reviews" | "no_timestamps" | "no_trades" | "no_universe" | "no_wins" | "non_positive_equity" | "not_defined_for_window" | "nothing_due" | "source_unavailable" | "too_few_observations" | "unknown_opening_position" | "window_not_covered" | "zero_variance"
    readonly quality: "good" | "stale" | "insufficient_data" | "error"
  })[]
  readonly groups?: readonly {
    readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
    readonly as_of: string | null
    readonly freshness_seconds: number | null
    readonly quality: "good" | "stale" | "insufficient_data" | "error"
  }[] | undefined
}

export type Alert = {
  readonly alert_id: string
  readonly policy: string
  readonly strategy_id: string
  readonly account: string
  readonly severity: "info" | "warning" | "critical"
  readonly category: string
  readonly metric_name: string
  readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d" | "level"
  readonly threshold: number
  readonly observed: number | null
  readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
  readonly consecutive_frames: number
  readonly opened_at: string
  readonly resolved_at: string | null
  readonly resolved_reason?: "recovered" | "no_data" | "disabled" | "policy_changed" | undefined
  readonly state: "open" | "resolved"
  readonly summary: string
  readonly runbook_url: string
  readonly frame_seq: number
  readonly meta?: { readonly [key: string]: MetaValue } | undefined
}

export type Alerts = {
  readonly alerts: readonly Alert[]
  readonly next_cursor: string | null
  readonly shadow: boolean
}

export type Streamed = Snapshot | Delta | Alert

export type Series = {
  readonly strategy_id: string
  readonly account: string
  readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
  readonly from: string
  readonly to: string
  readonly step_seconds: number
  readonly resolution_seconds: number
  readonly timestamps: readonly string[]
  readonly series: { readonly [key: string]: {
    readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
    readonly formula_version: string
    readonly values: readonly (number | null)[]
  } }
  readonly truncated: false
  readonly source: "store"
}

export type Explanation = {
  readonly strategy_id: string
  readonly strategy: string
  readonly account: string
  readonly window: "1m" | "5m" | "15m" | "1h" | "1d" | "5d" | "20d"
  readonly frame_as_of: string
  readonly frame_seq: number
  readonly formula_set: string
  readonly inputs_digest: string
  readonly session: Session
  readonly metric_name: string
  readonly group: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline"
  readonly unit: "USD" | "ratio" | "percent" | "bps" | "minutes" | "ms" | "seconds" | "count"
  readonly status: "ok" | "insufficient_data" | "error"
  readonly reason?: "calendar_out_of_range" | "currency" | "internal_error" | "missing_mark" | "no_benchmark" | "no_cost_source" | "no_decision_price" | "no_decisions" | "no_downside" | "no_drawdown" | "no_equity" | "no_events" | "no_fills" | "no_losses" | "no_mid" | "no_observations" | "no_orders" | "no_positions" | "no_reviews" | "no_timestamps" | "no_trades" | "no_universe" | "no_wins" | "non_positive_equity" | "not_defined_for_window" | "nothing_due" | "source_unavailable" | "too_few_observations" | "unknown_opening_position" | "window_not_covered" | "zero_variance" | undefined
  readonly value: number | null
  readonly value_unrounded: number | null
  readonly formula_version: string
  readonly meta: { readonly [key: string]: MetaValue }
  readonly tier: "light" | "medium" | "heavy"
  readonly computed_for: string
  readonly window_start: string | null
  readonly summary: string
  readonly formula: string | null
  readonly undefined_when: string | null
  readonly convention: string | null
  readonly source: string | null
  readonly reproduced: boolean
  readonly parts: readonly ({
    readonly name: string
    readonly about: string
    readonly values: { readonly [key: string]: string | number | boolean | null }
    readonly list?: {
      readonly order: string
      readonly rows: readonly { readonly [key: string]: string | number | boolean | null }[]
      readonly left_out: {
        readonly count: number
        readonly sums: { readonly [key: string]: string | number | boolean | null }
      }
    } | undefined
  })[]
}

export type Gate = {
  readonly decision: "pass" | "fail" | "unknown"
  readonly reasons: readonly {
    readonly reason: "critical_alert" | "disabled" | "warming_up" | "other_shard" | "shadow" | "no_live_book" | "strategy_disabled" | "not_judged" | "no_critical_limit" | "breach_pending" | "not_evaluable" | "no_evidence" | "data_alert" | "stale" | "error"
    readonly detail: string
    readonly policy?: string | undefined
    readonly alert_id?: string | undefined
    readonly group?: "performance" | "risk_adjusted" | "trades" | "execution" | "exposure" | "pipeline" | undefined
  }[]
  readonly evaluated_at: string
}

export type Health = {
  readonly status: "ok" | "degraded" | "failing" | "warming_up" | "disabled"
  readonly stages: readonly {
    readonly stage: string
    readonly status: "ok" | "degraded" | "failing" | "disabled"
    readonly lag_seconds: number | null
    readonly last_success_at: string | null
    readonly last_error_at: string | null
    readonly last_error_code: string | null
    readonly errors_total: number
    readonly last_frame_seq: number | null
    readonly verified_at?: string | null | undefined
  }[]
  readonly shard?: number | undefined
  readonly shards?: number | undefined
  readonly writer?: boolean | undefined
  readonly frames: {
    readonly last_at: string | null
    readonly missing_seconds: number | null
    readonly dropped_total: number
  }
  readonly facts: {
    readonly rejected: number
    readonly orphans: number
    readonly waiting_for_price: number
    readonly snapshots_refused: number
    readonly inferred_flows: number
    readonly rebases: number
  }
  readonly session: readonly Session[]
  readonly build: {
    readonly version: string
    readonly revision: string
  }
}

export type Probe = {
  readonly status: "ok" | "disabled"
}

export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly reason?: "warming_up" | "disabled" | "stopping" | undefined
  readonly shard?: number | undefined
  readonly shards?: number | undefined
  readonly errors?: readonly {
    readonly parameter: string
    readonly problem: string
    readonly allowed?: readonly string[] | undefined
    readonly near?: readonly string[] | undefined
  }[] | undefined
  readonly request_id: string
}

export type Session = {
  readonly calendar: "XNYS" | "24x7"
  readonly state: "open"
  readonly opened_at?: string | undefined
  readonly closes_at?: string | undefined
} | {
  readonly calendar: "XNYS" | "24x7"
  readonly state: "closed"
  readonly opens_at?: string | undefined
  readonly closes_at?: string | undefined
  readonly reason?: "calendar_out_of_range" | undefined
} | {
  readonly calendar: "XNYS" | "24x7"
  readonly state: "unknown"
  readonly reason: "calendar_out_of_range"
}

export type MetaValue = string | number | boolean | null | readonly MetaValue[] | { readonly [key: string]: MetaValue }
