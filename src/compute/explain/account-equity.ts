import type { ExplanationPart } from '../../domain/explanation.js'
import { type EpochMs, SECOND_MS } from '../../domain/time.js'
import type { Account } from '../account.js'
import type { BookReader } from '../book-reader.js'
import type { Mark } from '../marks.js'
import {
  isoOrNull,
  largestFirst,
  listed,
  multiplierRow,
  price,
  priceOrNull,
  quantity,
  shareNumber,
  sumOf,
  usd,
} from './rows.js'

const LISTED_DRIFTS = 50

/** The account's equity at an instant: the last snapshot, and how its positions moved since. */
export function accountEquityPart(name: string, account: Account, reader: BookReader, at: EpochMs): ExplanationPart {
  const about =
    'The equity of the last snapshot, carried on for up to five minutes by how the marks of its positions moved.'
  const snapshot = account.snapshotAt(at)
  if (snapshot === undefined) return { name, about, values: { unknown: 'no_equity' } }
  const { until, drifts } = reader.accountDriftsAt(at) ?? { until: undefined, drifts: [] }
  const moved = sumOf(drifts, (drift) => drift.moved)
  return {
    name,
    about,
    values: {
      at: isoOrNull(at),
      snapshot_at: isoOrNull(snapshot.at),
      snapshot_equity_usd: usd(snapshot.equity),
      marked_at: isoOrNull(until),
      moved_since_usd: usd(moved),
      account_equity_usd: usd(snapshot.equity + moved),
      share: shareNumber(reader.sharing()),
    },
    list: listed(
      largestFirst(drifts, (drift) => drift.moved),
      {
        limit: LISTED_DRIFTS,
        order: 'what moved most first; a mark more than 10 % from the snapshot’s own price moves nothing',
        row: (drift) => ({
          symbol: drift.position.symbol,
          quantity: quantity(drift.position.qty),
          ...multiplierRow(drift.multiplier),
          snapshot_price: priceOrNull(drift.position.mark),
          ...markRow('mark_then', drift.before, snapshot.at),
          ...markRow('mark', drift.now, until ?? at),
          moved_usd: usd(drift.moved),
        }),
        sums: (leftOut) => ({ moved_usd: usd(sumOf(leftOut, (drift) => drift.moved)) }),
      },
    ),
  }
}

function markRow(name: string, mark: Mark | undefined, at: EpochMs) {
  return {
    [name]: mark === undefined ? null : price(mark.priceE8),
    [`${name}_source`]: mark?.source ?? null,
    [`${name}_age_seconds`]: mark === undefined ? null : (at - mark.at) / SECOND_MS,
  }
}
