// All processes of a soak, joined: databases, trading system, exporter, alerting, and those who look on.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OrderSync } from '../order-sync.mjs'
import { startAlerting } from './alerting.mjs'
import { startClickHouse } from './clickhouse.mjs'
import { Exporter } from './exporter.mjs'
import { freePorts } from './ports.mjs'
import { openPool, startPostgres } from './postgres.mjs'
import { Probe } from './probe.mjs'
import { createProbeBook } from './probe-orders.mjs'
import { Processes, until } from './processes.mjs'
import { exporterEnvironment, quantConfig } from './settings.mjs'
import { createShiftedClock } from './shifted-clock.mjs'
import { Simulator } from './simulator.mjs'
import { ApiWatch } from './watch-api.mjs'
import { DatabaseWatch } from './watch-database.mjs'
import { MetricsWatch } from './watch-metrics.mjs'
import { ProcessorWatch } from './watch-processors.mjs'
import { StreamWatch } from './watch-stream.mjs'

/**
 * Starts everything but what looks on; `watch` starts that. What is started is handed to `releasers` at once, so that a
 * start which fails half way leaves nothing behind.
 */
export async function startWorld({ profile, minutes, seed, recorder, tell, releasers }) {
  const folder = mkdtempSync(join(tmpdir(), 'quant-soak-'))
  // The server runs as a user of its own, and has to reach its data and its clock.
  chmodSync(folder, 0o711)
  releasers.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const processes = new Processes(logs)
  releasers.push(() => processes.stopAll())
  const offsetSeconds = Math.round((profile.startAt - Date.now()) / 1000)
  const clock = createShiftedClock(join(folder, 'clock'), offsetSeconds)
  const exporterClock = createShiftedClock(join(folder, 'exporter-clock'), offsetSeconds)
  const [postgresPort, exporterPort, otherPort, ...alertingPorts] = await freePorts(5)

  tell('starting Postgres and ClickHouse')
  const postgres = await startPostgres({ processes, folder, port: postgresPort })
  releasers.push(() => postgres.close())
  const clickhouse = await startClickHouse({ folder, port: 0 })
  releasers.push(() => clickhouse.stop())
  tell('writing the history')
  const simulator = new Simulator()
  releasers.push(() => simulator.stop())
  await simulator.start({ processes, clock, postgres, clickhouse, words: profile.simulate, seed })
  postgres.grant()
  const probe = new Probe({ dsn: postgres.dsn, clock, recorder, gapMs: profile.probeGapMs(minutes) })
  releasers.push(() => probe.stop())
  await createProbeBook(postgres.admin, clock.now())
  const sync = await startSync({ profile, postgres, clock, recorder, releasers })

  const configPath = join(folder, 'quant.yaml')
  const { rows } = await postgres.admin.query('SELECT id FROM strategies ORDER BY id')
  writeFileSync(configPath, quantConfig({ strategyIds: rows.map(({ id }) => id), windows: profile.windows }))
  const { reconcileSeconds, environment: others } = profile
  const settings = { postgres, clickhouse, configPath, reconcileSeconds, others }
  const environment = exporterEnvironment({ ...settings, port: exporterPort })
  const exporter = new Exporter({ processes, port: exporterPort, environment, clock: exporterClock })
  releasers.push(() => exporter.stop())
  tell('starting the exporter')
  const startedInMs = await exporter.start()
  tell(`the exporter was ready after ${(startedInMs / 1000).toFixed(1)} s`)
  // The probe's book is live once it has an order, and is listened to then.
  probe.start()
  const alerting = await startAlerting({ processes, folder, target: exporter.target, ports: alertingPorts })
  releasers.push(() => alerting.stop())
  return {
    ...{
      folder,
      logs,
      processes,
      clock,
      exporterClock,
      postgres,
      clickhouse,
      simulator,
      probe,
      sync,
      recorder,
      alerting,
    },
    ...{
      exporter,
      environment,
      reconcileSeconds,
      clients: profile.clients,
      shownWithinMs: profile.shownWithinMs,
      tell,
    },
    /** Another exporter on the same databases and the same store. */
    otherExporter: () =>
      new Exporter({
        ...{ processes, name: 'other-exporter', port: otherPort, clock: exporterClock },
        environment: exporterEnvironment({ ...settings, port: otherPort }),
      }),
  }
}

/** Undefined where a profile has none. */
async function startSync({ profile: { rewrittenASecond }, postgres, clock, recorder, releasers }) {
  if (rewrittenASecond === undefined) return undefined
  const client = openPool(postgres.dsn, 1)
  releasers.push(() => client.end())
  const onError = () => recorder.count('orders that could not be written again')
  const sync = new OrderSync({ client, now: () => clock.now(), perSecond: rewrittenASecond, onError })
  await sync.start()
  releasers.push(() => sync.stop())
  return sync
}

/** Starts what looks on, once the probe's book is live. */
export async function watch(world, releasers) {
  await until(async () => (await world.probe.inTable()) > 0, {
    withinMs: 120_000,
    describe: () => 'the probe has an order',
  })
  await world.probe.isShownBy(world.exporter, world.shownWithinMs)
  const watches = [MetricsWatch, StreamWatch, ApiWatch, DatabaseWatch, ProcessorWatch].map(
    (Watch) => new Watch({ ...world, clock: world.exporterClock }),
  )
  for (const one of watches) {
    await one.start()
    releasers.push(() => one.stop())
  }
}
