import { type Replayed, replayDatabase, replayFiles } from '../app/replay.js'
import type { Config } from '../config/config.js'
import type { Calendar, CalendarName } from '../domain/calendar.js'
import { createCalendars } from '../domain/calendars.js'
import { QuantError } from '../domain/errors.js'
import type { EpochMs } from '../domain/time.js'
import { timeOption } from './arguments.js'
import type { CommandContext } from './command.js'
import { loadConfig } from './load-config.js'
import { createLog } from './log.js'
import { progressText } from './progress-text.js'
import { Rejections } from './rejections.js'
import { createProgressLine } from './terminal.js'

/** The files that a command reads facts from; none where it reads the databases instead. */
export function pathsOf(command: string, { values, lists, operands }: CommandContext): readonly string[] {
  const paths = [...(lists.facts ?? []), ...operands]
  const isDatabase = values.database === true
  if (isDatabase === paths.length > 0)
    throw new QuantError(
      'usage',
      `${command} needs ${isDatabase ? 'either --facts or --database, not both' : '--facts FILE or --database'}; see quant-exporter ${command} --help`,
    )
  return paths
}

export interface StartedReplay {
  readonly config: Config
  readonly calendars: Readonly<Record<CalendarName, Calendar>>
  readonly replayed: AsyncGenerator<Replayed>
  readonly rejections: Rejections
  readonly progress: { clear(): void }
}

/** The frames of the instants by the options that commands on replay share: --config, --database, --known-by, --strict. */
export function startReplay(
  context: CommandContext,
  paths: readonly string[],
  instants: (config: Config) => readonly EpochMs[],
): StartedReplay {
  const { values, terminal, signal } = context
  const isDatabase = values.database === true
  const knownBy = timeOption('known-by', values['known-by'])
  const config = loadConfig(context, overridesOf(values.config, isDatabase))
  const progress = createProgressLine(terminal)
  const rejections = new Rejections(terminal, values.strict === true)
  const calendars = createCalendars(config.file.xnysExceptions)
  const options = {
    config,
    calendars,
    ats: instants(config),
    knownBy,
    signal,
    log: createLog(config, terminal, () => progress.clear()),
    onProgress: (done: Parameters<typeof progressText>[0]) => progress.show(progressText(done)),
  }
  const replayed = isDatabase
    ? replayDatabase(options)
    : replayFiles(options, {
        paths,
        onRejection: (file, line, reason) => rejections.add(`${file}:${line}: ${reason}`),
        onCutOff: (file) =>
          terminal.err(`quant-exporter: ${file} ends in the middle, as after a crash; its whole lines count\n`),
      })
  return { config, calendars, replayed, rejections, progress }
}

/** Files need neither a database nor the switch that starts to read one. */
function overridesOf(config: string | boolean | undefined, isDatabase: boolean): Record<string, string> {
  return {
    ...(config === undefined ? {} : { QUANT_CONFIG: String(config) }),
    ...(isDatabase ? {} : { JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'false' }),
  }
}
