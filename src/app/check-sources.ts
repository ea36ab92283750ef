import type { Config } from '../config/config.js'
import { QuantError } from '../domain/errors.js'
import type { SourceName } from '../domain/ports.js'
import { checkMarket, type MarketCheck } from '../ingest/clickhouse/check.js'
import { checkTorghut, type TorghutCheck } from '../ingest/postgres/check.js'
import { describeError } from '../lib/logger.js'
import { type Finding, marketFindings, torghutFindings } from './check-findings.js'
import { wallNow } from './clock.js'
import { type Inspected, type Inspection, insufficientOf } from './inspect.js'
import { withTimeLimit } from './time-limit.js'

/** A source that has not told everything by then is not one to work with. */
const LIMIT_MS = 15_000

export interface Check {
  readonly torghut: Inspected<TorghutCheck>
  readonly market: Inspected<MarketCheck>
  readonly insufficient: Inspection['insufficient']
  readonly findings: readonly Finding[]
}

/** Asks the configured sources all that matters before `serve`, each within a limit of time, and judges the answers. */
export async function checkSources({ torghut, clickhouse }: Config, signal: AbortSignal): Promise<Check> {
  const [asked, market] = await Promise.all([
    torghut && ask('postgres', signal, (limited) => checkTorghut(torghut, wallNow, limited)),
    clickhouse && ask('clickhouse', signal, (limited) => checkMarket(clickhouse, wallNow, limited)),
  ])
  const now = wallNow()
  const findings: Finding[] = [
    ...unanswered('postgres', asked, {
      kind: 'problem',
      what: 'TORGHUT_DB_DSN is not set',
      remedy: 'set it to the trading database (docs/sources.md)',
    }),
    ...(torghut && asked && 'state' in asked ? torghutFindings(torghut, asked.state, now) : []),
    ...unanswered('clickhouse', market, {
      kind: 'note',
      what: 'CH_HOST is not set: positions are marked by what else is known',
      remedy: undefined,
    }),
    ...(clickhouse && market && 'state' in market ? marketFindings(clickhouse, market.state, now) : []),
  ]
  const lacking = [asked, market].flatMap((inspected) =>
    inspected !== undefined && 'state' in inspected ? [...inspected.state.schema.lacking] : [],
  )
  return { torghut: asked, market, insufficient: insufficientOf(new Map(lacking)), findings }
}

async function ask<State>(
  source: SourceName,
  signal: AbortSignal,
  question: (limited: AbortSignal) => Promise<State>,
): Promise<Inspected<State>> {
  const timeIsUp = new QuantError('source_timeout', `${source}: it did not answer within ${LIMIT_MS / 1000} s`)
  let state: State | undefined
  try {
    await withTimeLimit(signal, LIMIT_MS, timeIsUp, async (limited) => {
      try {
        state = await question(limited)
      } catch (error) {
        // What an interrupted question ends with says less than why it was interrupted.
        throw limited.aborted ? limited.reason : error
      }
    })
  } catch (error) {
    return { error }
  }
  return state === undefined ? undefined : { state }
}

function unanswered(source: SourceName, inspected: Inspected<unknown>, unset: Omit<Finding, 'source'>): Finding[] {
  if (inspected === undefined) return [{ source, ...unset }]
  if (!('error' in inspected)) return []
  const what = describeError(inspected.error)
  const prefix = `${source}: `
  return [
    { source, kind: 'problem', what: what.startsWith(prefix) ? what.slice(prefix.length) : what, remedy: undefined },
  ]
}
