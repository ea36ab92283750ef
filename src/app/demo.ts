import type { Config } from '../config/config.js'
import { createCalendars } from '../domain/calendars.js'
import type { ListenAddress } from '../domain/connections.js'
import type { IncidentName } from '../domain/incident.js'
import type { FrameReader, Progress } from '../domain/ports.js'
import { type EpochMs, SECOND_MS } from '../domain/time.js'
import { type EmbeddedEngines, startEmbedded } from '../embedded/embedded.js'
import { describeError } from '../lib/logger.js'
import { Releasers } from '../lib/releasers.js'
import { BENCHMARK_SYMBOL } from '../simulator/market/instruments.js'
import { createSimulator } from '../simulator/simulator.js'
import { startMoment } from '../simulator/start-moment.js'
import { EARLY_DATE } from '../simulator/torghut/schema-history.js'
import { createCast } from '../simulator/trading/cast.js'
import { type AppOptions, startApp } from './app.js'
import { createHeldClock, createSystemClock, type HeldClock, wallNow } from './clock.js'
import { createIncidentControl } from './incident-control.js'
import { listenForIncidents } from './incident-listener.js'
import { createSimulatorLoop } from './simulator-loop.js'

export const DATABASE = 'torghut'
const SERIES_DATABASE = 'quant'

/** How old simulated tables can be. */
export const SCHEMA_AGES = ['today', 'early'] as const

export interface Moment {
  /** Start as if it were this moment. */
  readonly at: EpochMs | undefined
  /** Start now, also while the exchange is closed. */
  readonly now: boolean
  readonly speed: number
}

export interface DemoOptions extends Pick<AppOptions, 'version' | 'log' | 'onStatement'> {
  /** The configuration for the given addresses; called once they are known. */
  readonly configFor: (environment: Readonly<Record<string, string>>) => Config
  readonly moment: Moment
  readonly seed: number
  readonly sessions: number
  /** What goes wrong from the beginning of the live time on; the database only once the first frame is out. */
  readonly incidents: readonly IncidentName[]
  /** Where incidents can be switched; loopback. Undefined: nowhere. */
  readonly controlListen: ListenAddress | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

export interface Demo {
  readonly reader: FrameReader
  readonly urls: { readonly api: string; readonly metrics: string; readonly control: string | undefined }
  /** Where the simulated rows are: for looking into them, without a password, as long as the demo runs. */
  readonly databases: { readonly postgres: string; readonly clickhouse: string }
  readonly startAt: EpochMs
  readonly calendars: ReturnType<typeof createCalendars>
  firstFrame(): Promise<void>
  stop(): Promise<void>
}

/** Embedded engines, a simulator that writes into them, and the exporter that reads them: one command shows it all. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { log, moment, seed, sessions, incidents, controlListen, signal, onProgress } = options
  const releasers = new Releasers((name, error) =>
    log.error('could not be released', { name, error: describeError(error) }),
  )
  try {
    // What is wrong with the settings is better said before anything is started.
    const { file } = options.configFor({
      TORGHUT_DB_DSN: 'postgresql://demo@127.0.0.1:1/demo',
      CH_HOST: '127.0.0.1',
      CH_PORT: '1',
    })
    const calendars = createCalendars(file.xnysExceptions)
    const clock = clockFor(moment, startMoment(calendars, wallNow(), moment))
    const startAt = clock.now()

    const readable = createGate()
    const written = createGate()
    const shown = createGate()
    onProgress({ stage: 'starting the embedded databases', done: 0, total: undefined })
    const engines = await startEmbedded({
      signal,
      onExit: (engine, exit) => log.error('an embedded database ended', { engine, exit: String(exit) }),
    })
    releasers.push('engines', () => engines.stop())
    const { dsn } = engines.postgres
    const simulator = createSimulator({
      dsn,
      clickhouse: { url: engines.clickhouse.url, database: DATABASE },
      calendars,
      clock,
      seed,
      sessions,
      onProgress,
      // Two cores are little: the exporter reads first, then the quotes are written.
      onTradesAndBars: () => {
        readable.resolve()
        return shown.promise
      },
    })
    releasers.push('simulator', () => simulator.stop())
    releasers.push('quotes', () => shown.resolve())
    const control = createIncidentControl({
      ...{ clock, simulator, log },
      // Not before there is something to miss.
      setDatabaseDown: async (isDown) => {
        await Promise.all([written.promise, shown.promise])
        await engines.postgres.setFault(isDown ? { kind: 'hang_up' } : undefined)
      },
    })
    releasers.push('incidents', () => {
      control.release()
      written.resolve()
    })
    const switches = controlListen === undefined ? undefined : await listenForIncidents(control, controlListen, log)
    if (switches !== undefined) releasers.push('control listener', () => switches.stop())
    for (const name of incidents) {
      control
        .start(name)
        .catch((error: unknown) => log.error('an incident did not start', { name, error: describeError(error) }))
    }

    const history = simulator.loadHistory()
    const readableAfter = Promise.race([readable.promise, history]).then(() => clock.release())
    const app = await startApp({
      ...options,
      config: ofDemo(options.configFor(environmentOf(engines))),
      clock,
      readableAfter,
    })
    releasers.push('exporter', () => app.stop())
    void app.firstFrame().then(shown.resolve, shown.resolve)
    const writing = createSimulatorLoop(simulator, clock, log)
    releasers.push('simulator loop', () => writing.stop())
    const running = history.then(
      () => {
        written.resolve()
        log.info('the history is written')
        if (signal.aborted) return
        app.rereadMarket()
        writing.start()
      },
      (error: unknown) => {
        log.error('the history could not be written', { error: describeError(error) })
        throw error
      },
    )
    return {
      reader: app.reader,
      urls: { ...app.urls, control: switches?.url },
      databases: { postgres: dsn, clickhouse: engines.clickhouse.url },
      startAt,
      calendars,
      firstFrame: () => Promise.race([app.firstFrame(), running.then(() => app.firstFrame())]),
      stop: () => releasers.release(),
    }
  } catch (error) {
    await releasers.release()
    throw error
  }
}

export interface SimulationOptions
  extends Pick<
    DemoOptions,
    'moment' | 'seed' | 'sessions' | 'incidents' | 'controlListen' | 'onProgress' | 'log' | 'signal'
  > {
  readonly dsn: string
  readonly clickhouse: {
    readonly url: string
    readonly database: string
    readonly username?: string
    readonly password?: string
  }
  readonly schema: (typeof SCHEMA_AGES)[number]
  /** How many books and symbols there are to be; the demo's at least. */
  readonly size: { readonly books: number; readonly symbols: number }
  /** Only the history; else it goes on writing until the signal aborts. */
  readonly historyOnly: boolean
  readonly onHistory: (startAt: EpochMs) => void
}

/** The simulator alone, on databases that exist. */
export async function runSimulation({
  moment,
  signal,
  log,
  incidents,
  controlListen,
  historyOnly,
  onHistory,
  schema,
  size,
  ...options
}: SimulationOptions): Promise<void> {
  const calendars = createCalendars()
  const clock = clockFor(moment, startMoment(calendars, wallNow(), moment))
  const simulator = createSimulator({
    ...options,
    calendars,
    clock,
    schemaDate: schema === 'early' ? EARLY_DATE : undefined,
    cast: createCast(size),
  })
  const control = createIncidentControl({ clock, simulator, setDatabaseDown: undefined, log })
  const switches = controlListen === undefined ? undefined : await listenForIncidents(control, controlListen, log)
  const stop = () => void simulator.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (const name of incidents) await control.start(name)
    if (switches !== undefined) log.info('incidents can be switched', { at: switches.url })
    await simulator.loadHistory()
    clock.release()
    onHistory(simulator.startAt)
    if (historyOnly || signal.aborted) return
    const writing = createSimulatorLoop(simulator, clock, log)
    writing.start()
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    await writing.stop()
  } finally {
    signal.removeEventListener('abort', stop)
    await switches?.stop()
    await simulator.stop()
  }
}

/**
 * The simulated market leans on one symbol; who configured another has it. Series are not thinned: the engine would go by
 * the time of day, and the demo may be at another.
 */
function ofDemo(config: Config): Config {
  const { file, series } = config
  return {
    ...config,
    areAlertsEnabled: true,
    series: series && { ...series, isThinned: false },
    file: { ...file, benchmark: file.benchmark ?? BENCHMARK_SYMBOL },
  }
}

/** The environment that lets `serve` read embedded engines, whatever else the surroundings say of ClickHouse. */
export function environmentOf({
  postgres,
  clickhouse,
}: Pick<EmbeddedEngines, 'postgres' | 'clickhouse'>): Record<string, string> {
  return {
    JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
    TORGHUT_DB_DSN: postgres.dsn,
    TORGHUT_DB_DSN_FILE: '',
    CH_HOST: clickhouse.host,
    CH_PORT: String(clickhouse.port),
    CH_DATABASE: DATABASE,
    CH_USER: '',
    CH_PASSWORD: '',
    CH_PASSWORD_FILE: '',
    CH_SECURE: '',
    QUANT_STORE_DSN: postgres.dsn,
    QUANT_STORE_DSN_FILE: '',
    QUANT_SERIES_CLICKHOUSE_URL: `${clickhouse.url}/${SERIES_DATABASE}`,
    QUANT_SERIES_CLICKHOUSE_URL_FILE: '',
    QUANT_SERIES_CLICKHOUSE_CLUSTER: '',
    QUANT_SERIES_CLICKHOUSE_CA_CERT: '',
    // Rows that wait there are another store's.
    QUANT_SERIES_SPILL_DIR: '',
  }
}

/** A demo of now goes by the machine's clock from the beginning; one of another moment waits until its history is there. */
function clockFor({ at, speed }: Moment, start: EpochMs): HeldClock {
  if (at === undefined && speed === 1 && Math.abs(start - wallNow()) < SECOND_MS)
    return { ...createSystemClock(), release: () => undefined }
  return createHeldClock({ startAt: at ?? start, speed })
}

/** A promise and what opens it. */
function createGate(): { readonly promise: Promise<void>; resolve(): void } {
  let open = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, resolve: () => open() }
}
