import { wallNow } from '../app/clock.js'
import { recordRange } from '../app/record.js'
import { createCalendars } from '../domain/calendars.js'
import { QuantError } from '../domain/errors.js'
import { timeOption } from './arguments.js'
import type { Command } from './command.js'
import { loadConfig } from './load-config.js'
import { createLog } from './log.js'
import { progressText } from './progress-text.js'
import { createProgressLine } from './terminal.js'

export const record: Command = {
  name: 'record',
  summary: 'write the facts of the database into a file, for replay',
  description: [
    'Reads what a process at --to would read from the configured databases, and writes it as facts, one JSON object a line.',
    'With --from the file answers for every instant from there on: prices of the range are whole, and orders that had ended',
    'before the longest window of --from are summed up in opening positions. serve --record writes as facts come, and knows',
    'when each was known.',
  ].join('\n'),
  options: { out: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  help: {
    out: 'the file to write, compressed where its name ends with .gz; it must not be there',
    from: 'the first instant that the file has to answer for (only --to)',
    to: 'the last one (now)',
  },
  async run({ values, environment, terminal, signal }) {
    if (typeof values.out !== 'string' || values.out === '')
      throw new QuantError('usage', 'record needs --out FILE; see quant-exporter record --help')
    const from = timeOption('from', values.from)
    const to = timeOption('to', values.to) ?? wallNow()
    if (from !== undefined && from > to) throw new QuantError('usage', '--to lies before --from')
    const config = loadConfig({ environment, terminal })
    const progress = createProgressLine(terminal)
    const count = await recordRange({
      config,
      calendars: createCalendars(config.file.xnysExceptions),
      out: values.out,
      from,
      to,
      signal,
      log: createLog(config, terminal, () => progress.clear()),
      onProgress: (done) => progress.show(progressText(done)),
    })
    progress.clear()
    terminal.err(`quant-exporter: ${count} facts written to ${values.out}\n`)
  },
}
