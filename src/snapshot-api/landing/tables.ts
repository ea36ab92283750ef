import type { HealthReport, StageHealth } from '../../domain/ports.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { MetricBody, SnapshotBody } from '../schemas.js'
import { formatAge, formatUsd } from './format.js'
import { type Html, html, NOTHING } from './html.js'

type Tone = 'good' | 'warn' | 'bad' | 'idle'

const STAGE_TONES: Record<StageHealth['status'], Tone> = {
  ok: 'good',
  degraded: 'warn',
  failing: 'bad',
  disabled: 'idle',
}
const QUALITY_TONES: Record<SnapshotBody['quality'], Tone> = {
  good: 'good',
  stale: 'warn',
  insufficient_data: 'idle',
  error: 'bad',
}

export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${inWords(text)}</span>`
}

/** Which sources and stages are up, and since when each knows what it knows. */
export function stageTable({ stages }: HealthReport, now: EpochMs): Html {
  if (stages.length === 0) return html`<p class="muted">No stage has reported yet.</p>`
  return html`<div class="card scroll"><table>
<thead><tr><th>Stage</th><th>Status</th><th class="number">Lag</th><th class="number">Last success</th><th>Last error</th>
<th class="number">Errors</th></tr></thead>
<tbody>${stages.map((stage) => stageRow(stage, now))}</tbody></table></div>`
}

function stageRow(stage: StageHealth, now: EpochMs): Html {
  return html`<tr><td>${stage.stage}</td><td>${badge(stage.status, STAGE_TONES[stage.status])}</td>
<td class="number">${stage.lagSeconds === null ? '–' : `${stage.lagSeconds.toFixed(1)} s`}</td>
<td class="number">${age(stage.lastSuccessAt, now, 'never')}</td>
<td>${stage.lastErrorCode === null ? NOTHING : html`${inWords(stage.lastErrorCode)}, `}${age(stage.lastErrorAt, now, 'none')}</td>
<td class="number">${stage.errorsTotal}</td></tr>`
}

function age(at: EpochMs | null, now: EpochMs, otherwise: string): Html {
  if (at === null) return html`<span class="muted">${otherwise}</span>`
  return html`<time datetime="${toIso(at)}" title="${toIso(at)}">${formatAge(at, now)}</time>`
}

export interface BookRow {
  readonly snapshot: SnapshotBody
  readonly href: string
  readonly moneyDecimals: number
}

/** The live books, each with its headline numbers and the way to all of them. */
export function bookTable(rows: readonly BookRow[]): Html {
  if (rows.length === 0) return html`<p class="muted">No book is live: no enabled strategy has an account yet.</p>`
  return html`<div class="card scroll"><table>
<thead><tr><th>Strategy</th><th>Account</th><th>Market</th><th class="number">Net PnL, 1d</th>
<th class="number">Gross exposure</th><th>Quality</th></tr></thead>
<tbody>${rows.map(bookRow)}</tbody></table></div>`
}

function bookRow({ snapshot, href, moneyDecimals }: BookRow): Html {
  const { strategy, strategy_id, account, session, quality } = snapshot
  const value = (name: string, signed: boolean) =>
    amount(
      snapshot.metrics.find(({ metric_name }) => metric_name === name),
      moneyDecimals,
      signed,
    )
  return html`<tr><td><a href="${href}">${strategy}</a><span class="mono muted">${strategy_id}</span></td>
<td>${account}</td><td>${session.calendar} <span class="muted">${session.state}</span></td>
<td class="number">${value('net_pnl', true)}</td><td class="number">${value('gross_exposure', false)}</td>
<td>${badge(quality, QUALITY_TONES[quality])}</td></tr>`
}

/** A gain is green only while it is fresh: an old number must not look well. */
function amount(metric: MetricBody | undefined, decimals: number, signed: boolean): Html {
  if (metric === undefined) return html`<span class="muted">–</span>`
  if (metric.status !== 'ok') return html`<span class="muted small">${inWords(metric.reason)}</span>`
  const text = formatUsd(metric.value, decimals, { signed })
  if (metric.quality === 'stale') return html`<span class="muted">${text}</span>`
  if (!signed || metric.value === 0) return html`${text}`
  return html`<span class="${metric.value > 0 ? 'gain' : 'loss'}">${text}</span>`
}

function inWords(code: string): string {
  return code.replaceAll('_', ' ')
}
