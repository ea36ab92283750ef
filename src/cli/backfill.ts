import { backfill as backfillSeries } from '../app/backfill.js'
import { wallNow } from '../app/clock.js'
import { createCalendars } from '../domain/calendars.js'
import { QuantError } from '../domain/errors.js'
import { timeOption } from './arguments.js'
import type { Command } from './command.js'
import { loadConfig } from './load-config.js'
import { createLog } from './log.js'
import { progressText } from './progress-text.js'
import { createProgressLine } from './terminal.js'

export const backfill: Command = {
  name: 'backfill',
  summary: 'recompute the series of the past from facts',
  description: [
    'Reads the facts of the configured databases as they are now, computes what a process would have sampled in the range, with',
    'the formulas of this version, and puts it in the place of what the store of series had there. Hour by hour: what is',
    'finished is marked, so that a run that was interrupted goes on where it was, and one that was not changes nothing.',
  ].join('\n'),
  options: { from: { type: 'string' }, to: { type: 'string' }, again: { type: 'boolean' } },
  help: {
    from: 'the first instant',
    to: 'the end of the range, itself not in it (now)',
    again: 'recompute hours too that were finished before: the facts have changed since',
  },
  async run({ values, environment, terminal, signal }) {
    const from = timeOption('from', values.from)
    if (from === undefined)
      throw new QuantError('usage', 'backfill needs --from TIME; see quant-exporter backfill --help')
    const now = wallNow()
    const to = timeOption('to', values.to) ?? now
    if (from >= to) throw new QuantError('usage', '--to does not lie after --from')
    if (to > now) throw new QuantError('usage', '--to lies in the future, of which there are no facts yet')
    const config = loadConfig({ environment, terminal })
    const progress = createProgressLine(terminal)
    const { hours, skippedHours, rows } = await backfillSeries({
      config,
      calendars: createCalendars(config.file.xnysExceptions),
      from,
      to,
      again: values.again === true,
      signal,
      log: createLog(config, terminal, () => progress.clear()),
      onProgress: (done) => progress.show(progressText(done)),
    })
    progress.clear()
    terminal.err(
      `quant-exporter: ${hours} ${hours === 1 ? 'hour' : 'hours'} recomputed, ${rows} rows written${skippedHours > 0 ? `; ${skippedHours} were finished before (--again does them too)` : ''}\n`,
    )
  },
}
