import type { Calendar, CalendarName } from '../../domain/calendar.js'
import type { EpochMs } from '../../domain/time.js'
import { missingCashE17 } from '../incidents/cash-gap.js'
import type { IncidentLog } from '../incidents/incident-log.js'
import type { Density } from '../market/density.js'
import type { Market } from '../market/market.js'
import { type AccountLedger, createAccountLedger } from './account-ledger.js'
import { type Book, createBook } from './book.js'
import { type Cast, DEMO_CAST } from './cast.js'
import { createEventQueue } from './event-queue.js'
import { settledAt } from './intent.js'
import type { Fill, Intent } from './order.js'
import { firstSnapshot, nextSnapshot } from './schedule.js'
import { type Snapshot, takeSnapshot } from './snapshot.js'

export interface DeskOptions {
  readonly market: Market
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly densities: Readonly<Record<CalendarName, Density>>
  readonly seed: number
  readonly firstAt: EpochMs
  readonly incidents: IncidentLog
  /** Who trades; the demo's where it is not given. */
  readonly cast?: Cast | undefined
}

/** What comes first at one instant: a snapshot shows the fills of its own millisecond, a decision knows both. */
const RANK = { fill: 0, settled: 1, snapshot: 2, decision: 3 } as const

/** What was decided and snapshotted in a stretch of time. */
export interface Activity {
  readonly intents: readonly Intent[]
  readonly snapshots: readonly Snapshot[]
}

/**
 * All strategies and accounts at work.
 *
 * Driven by events in the order of their time, each of which schedules only later ones; so what happens does not depend
 * on the steps in which time is advanced.
 */
export interface Desk {
  /** Lives until `to` (included) and tells what was new. An earlier `to` than the last is no step at all. */
  advanceTo(to: EpochMs): Activity
  /** What the accounts hold after the last advance. */
  ledgers(): readonly AccountLedger[]
}

export function createDesk({
  market,
  calendars,
  densities,
  seed,
  firstAt,
  incidents,
  cast = DEMO_CAST,
}: DeskOptions): Desk {
  const queue = createEventQueue<() => void>()
  let intents: Intent[] = []
  let snapshots: Snapshot[] = []
  const ledgers: AccountLedger[] = []

  for (const account of cast.accounts) {
    const ledger = createAccountLedger(account)
    ledgers.push(ledger)
    const calendar = calendars[account.calendar]
    const density = densities[account.calendar]
    for (const strategy of cast.strategies.filter((profile) => profile.account === account.label)) {
      startDeciding(createBook({ strategy, ledger, calendar, density, market, seed, firstAt, incidents }), ledger)
    }
    startSnapshots(ledger, calendar, density, firstSnapshot(density, firstAt))
  }

  function startDeciding(book: Book, ledger: AccountLedger): void {
    queue.add(book.nextAt(), RANK.decision, () => {
      const intent = book.decide()
      if (intent) follow(intent, book, ledger)
      startDeciding(book, ledger)
    })
  }

  function follow(intent: Intent, book: Book, ledger: AccountLedger): void {
    intents.push(intent)
    const { side, instrument } = intent.decision
    const sign = side === 'buy' ? 1n : -1n
    let before: Fill | undefined
    for (const fill of intent.order?.fills ?? []) {
      const qtyE9 = fill.filledE9 - (before?.filledE9 ?? 0n)
      const notionalE17 = fill.filledE9 * fill.averageE8 - (before ? before.filledE9 * before.averageE8 : 0n)
      const costsE17 = fill.costsE17 - (before?.costsE17 ?? 0n)
      queue.add(fill.at, RANK.fill, () => {
        ledger.apply(instrument.symbol, sign * qtyE9, sign * notionalE17, costsE17)
        book.fill(instrument.symbol, sign * qtyE9)
      })
      before = fill
    }
    queue.add(settledAt(intent), RANK.settled, () => book.settle(instrument.symbol))
  }

  function startSnapshots(ledger: AccountLedger, calendar: Calendar, density: Density, at: EpochMs): void {
    queue.add(at, RANK.snapshot, () => {
      // Upstream takes a snapshot when a signal has come.
      if (!incidents.isOn('signal-gap', at)) {
        const missingE17 = incidents.isOn('cash-gap', at) ? missingCashE17(ledger.account) : 0n
        snapshots.push(takeSnapshot(ledger, at, market, calendar, missingE17))
      }
      startSnapshots(ledger, calendar, density, nextSnapshot(ledger.account.label, calendar, density, at, seed))
    })
  }

  return {
    advanceTo(to) {
      for (let at = queue.nextAt(); at !== undefined && at <= to; at = queue.nextAt()) queue.take()?.()
      const activity = { intents, snapshots }
      intents = []
      snapshots = []
      return activity
    },
    ledgers: () => ledgers,
  }
}
