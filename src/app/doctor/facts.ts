import type { Check } from '../check-sources.js'
import type { ExporterAnswers, Health, Strategies } from './exporter-answers.js'
import { type Finding, finding, type Trouble } from './hop.js'

const NO_ROWS_REMEDY =
  'check that TORGHUT_DB_DSN names the database that the trading system writes, and that a strategy has decided anything there'

/** Whether anything has happened that can be counted: in the tables, and as far as the exporter has read them. */
export function factsFinding(torghut: Check['torghut'], answers: ExporterAnswers | undefined): Finding {
  const inTables = torghut !== undefined && 'state' in torghut ? torghut.state : undefined
  const told: string[] = []
  const troubles: Trouble[] = []
  if (inTables !== undefined && inTables.schema.problems.length === 0) {
    told.push(`${inTables.books} books in the tables`)
    if (inTables.books === 0)
      troubles.push({ what: 'the tables hold no rows: no strategy has decided anything', remedy: NO_ROWS_REMEDY })
  }
  if (answers === undefined) return finding({ told, troubles })
  const { health, strategies } = answers
  if (strategies !== undefined) {
    const newest = newestOf(strategies)
    if (newest !== undefined) told.push(`newest fact that the exporter has read: ${newest}`)
    else if (troubles.length === 0)
      troubles.push({ what: 'the exporter has read no facts: it knows no live book', remedy: NO_ROWS_REMEDY })
  }
  told.push(...sessions(health))
  const notes: Trouble[] =
    health.facts.rejected === 0
      ? []
      : [
          {
            what: `${health.facts.rejected} rows could not be used`,
            remedy: 'the log of the exporter names them, and quant_facts_rejected_total counts them by reason',
          },
        ]
  return finding({ told, troubles, notes })
}

function newestOf(strategies: Strategies): string | undefined {
  return strategies
    .flatMap(({ last_fact_at: at }) => (at === null ? [] : [at]))
    .sort()
    .at(-1)
}

/** That a market is closed explains why nothing new comes; it is nobody's fault. */
function sessions({ session }: Health): string[] {
  return session
    .filter(({ state }) => state !== 'open')
    .map(({ calendar, state, opens_at: opensAt }) =>
      state === 'closed'
        ? `market ${calendar} is closed${opensAt === undefined ? '' : ` until ${opensAt}`}: no news is expected of it`
        : `whether market ${calendar} is open is not known: its calendar does not reach that far`,
    )
}
