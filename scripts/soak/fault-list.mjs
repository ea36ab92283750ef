// The faults, in the order in which they are played. Each says what must hold beside what must hold after any: frames as
// those of a fresh start, every order counted once, no alert but those that it explains.
import { ALL_FROM_MINUTES } from './fault-length.mjs'
import { fault as clickhouseFails } from './faults/clickhouse-fails.mjs'
import { fault as clickhouseGarbage } from './faults/clickhouse-garbage.mjs'
import { fault as clickhouseHalf } from './faults/clickhouse-half.mjs'
import { fault as clickhouseSlow } from './faults/clickhouse-slow.mjs'
import { fault as clockStep } from './faults/clock-step.mjs'
import { fault as columnGone } from './faults/column-gone.mjs'
import { fault as connectionsKilled } from './faults/connections-killed.mjs'
import { fault as kill } from './faults/kill.mjs'
import { fault as lateCommit } from './faults/late-commit.mjs'
import { fault as malformedRows } from './faults/malformed-rows.mjs'
import { fault as postgresStopped } from './faults/postgres-stopped.mjs'
import { fault as queryHangs } from './faults/query-hangs.mjs'
import { fault as sourcePaused } from './faults/source-paused.mjs'
import { fault as storeFull } from './faults/store-full.mjs'
import { fault as stuckClients } from './faults/stuck-clients.mjs'
import { fault as termination } from './faults/termination.mjs'
import { fault as twoExporters } from './faults/two-exporters.mjs'

export const FAULTS = [
  ...[connectionsKilled, kill, clickhouseGarbage, malformedRows, stuckClients, termination],
  ...[postgresStopped, queryHangs, clickhouseFails, clickhouseHalf, clickhouseSlow, storeFull, twoExporters],
  ...[columnGone, sourcePaused, lateCommit, clockStep],
]

/** The faults of a run of so many minutes; those that are longer in longer runs say how long they are. */
export function faultsFor(minutes) {
  return minutes >= ALL_FROM_MINUTES ? FAULTS : FAULTS.filter(({ isShort }) => isShort)
}
