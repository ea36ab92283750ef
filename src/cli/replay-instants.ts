import { QuantError } from '../domain/errors.js'
import type { EpochMs } from '../domain/time.js'
import { durationOption, timeOption } from './arguments.js'
import type { CommandContext } from './command.js'

/** A frame each second of a week; what is more is more likely a slip. */
const MOST_INSTANTS = 604_800

/** The instants of --at, or of --every, --from and --to, ascending; all ways to ask wrongly are told. */
export function replayInstants(values: CommandContext['values'], at: readonly string[]): EpochMs[] {
  const everyMs = durationOption('every', values.every)
  const from = timeOption('from', values.from)
  const to = timeOption('to', values.to)
  if (at.length > 0) {
    if (everyMs !== undefined || from !== undefined || to !== undefined)
      throw new QuantError('usage', 'replay takes either --at, or --every with --from and --to')
    const instants = at.flatMap((text) => text.split(',')).map((text) => timeOption('at', text) ?? 0)
    return [...new Set(instants)].sort((a, b) => a - b)
  }
  if (everyMs === undefined || from === undefined || to === undefined) {
    const missing = [
      ...(everyMs === undefined ? ['--every'] : []),
      ...(from === undefined ? ['--from'] : []),
      ...(to === undefined ? ['--to'] : []),
    ]
    const isBegun = missing.length < 3
    throw new QuantError(
      'usage',
      isBegun
        ? `replay needs ${missing.join(' and ')} too`
        : 'replay needs --at TIME, or --every 60s --from TIME --to TIME',
    )
  }
  if (to < from) throw new QuantError('usage', '--to lies before --from')
  const count = Math.floor((to - from) / everyMs) + 1
  if (count > MOST_INSTANTS)
    throw new QuantError(
      'usage',
      `--every ${String(values.every)} gives ${count} instants; at most ${MOST_INSTANTS} are served`,
    )
  return Array.from({ length: count }, (_, index) => Math.floor(from + index * everyMs))
}
