import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ChildExit } from '../lib/child-process.js'
import type { ClickHouseFault } from './engine-messages.js'
import { startEngineProcess } from './engine-process.js'
import { createFaultOrders } from './fault-orders.js'

export interface EmbeddedClickHouse {
  /** For `createClient({ url, database: 'torghut' })`; any user and password, or none, is let in. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number
  /**
   * Makes every later request meet a fault; undefined ends it. Resolves when the fault is in force; rejects when the
   * process is gone.
   */
  setFault(fault: ClickHouseFault | undefined): Promise<void>
}

export interface EmbeddedClickHouseOptions {
  readonly port: number
  readonly childDirectory: string
  /** The data folder is made in here. */
  readonly temporaryDirectory: string
  readonly signal: AbortSignal
  readonly onExit: (exit: ChildExit) => void
}

/**
 * Starts chDB behind ClickHouse's HTTP interface, in a process of its own with a data folder of its own.
 *
 * The folder is named here, so that it can be removed when the child is killed, and made by the child, which removes it
 * when the parent is: whenever there is a folder, somebody lives who will remove it.
 *
 * @throws QuantError `engine_failed`; neither process nor folder is left then.
 */
export async function startEmbeddedClickHouse(
  options: EmbeddedClickHouseOptions,
): Promise<{ readonly clickhouse: EmbeddedClickHouse; stop(): Promise<void> }> {
  const { port, childDirectory, signal } = options
  const dataFolder = join(resolve(options.temporaryDirectory), `quant-exporter-clickhouse-${randomUUID()}`)
  const removeDataFolder = () => rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
  const faultOrders = createFaultOrders<ClickHouseFault>()
  try {
    const child = await startEngineProcess({
      engine: 'clickhouse',
      port,
      childDirectory,
      args: [dataFolder],
      signal,
      onMessage: (message) => {
        if (message.type === 'fault_set') faultOrders.acknowledge(message.id)
      },
      onExit: (exit) => {
        faultOrders.abandon()
        // Told either way: a folder that cannot be removed is tried again, and reported, by stop().
        const tell = () => options.onExit(exit)
        removeDataFolder().then(tell, tell)
      },
    })
    const setFault = (fault: ClickHouseFault | undefined) => faultOrders.give(fault, child.send)
    const stop = async () => {
      await child.stop()
      faultOrders.abandon()
      await removeDataFolder()
    }
    const host = '127.0.0.1'
    const clickhouse = { url: `http://${host}:${child.ready}`, host, port: child.ready, pid: child.pid, setFault }
    return { clickhouse, stop }
  } catch (error) {
    await removeDataFolder()
    throw error
  }
}
