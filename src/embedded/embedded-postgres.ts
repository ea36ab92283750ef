import type { PostgresFault } from './engine-messages.js'
import { type EngineProcessOptions, startEngineProcess } from './engine-process.js'
import { createFaultOrders } from './fault-orders.js'

export interface EmbeddedPostgres {
  /** For `pg.Pool`; any user, password and database name reaches the same one database. */
  readonly dsn: string
  readonly host: string
  readonly port: number
  readonly pid: number
  /**
   * Makes every connection, open and new, meet a fault; undefined ends it, and the data is there as before. Resolves when
   * the fault is in force; rejects when the process is gone.
   */
  setFault(fault: PostgresFault | undefined): Promise<void>
}

/**
 * Starts PGlite behind Postgres' protocol, in a process of its own.
 *
 * @throws QuantError `engine_failed`; no process is left then.
 */
export async function startEmbeddedPostgres(
  options: Omit<EngineProcessOptions, 'engine' | 'onMessage'>,
): Promise<{ readonly postgres: EmbeddedPostgres; stop(): Promise<void> }> {
  const faultOrders = createFaultOrders<PostgresFault>()
  const child = await startEngineProcess({
    ...options,
    engine: 'postgres',
    onMessage: (message) => {
      if (message.type === 'fault_set') faultOrders.acknowledge(message.id)
    },
    onExit: (exit) => {
      faultOrders.abandon()
      options.onExit(exit)
    },
  })
  const host = '127.0.0.1'
  const port = child.ready
  const dsn = `postgresql://postgres:postgres@${host}:${port}/postgres?sslmode=disable`
  const setFault: EmbeddedPostgres['setFault'] = (fault) => faultOrders.give(fault, child.send)
  const stop = async () => {
    await child.stop()
    faultOrders.abandon()
  }
  return { postgres: { dsn, host, port, pid: child.pid, setFault }, stop }
}
