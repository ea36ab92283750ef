/**
 * The process of the embedded ClickHouse: `clickhouse-child.js <port> <data folder>`, started with an IPC channel.
 *
 * This process makes the folder; the parent removes it when this process has ended, however it ended. If the parent itself is
 * gone, this process notices by the closed channel. It always ends by SIGKILL: an orderly exit would wait for a running
 * statement, and chDB cannot stop one.
 */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClickHouseHttpFront } from './clickhouse-http-front.js'
import { type ClickHouseStatement, preparationOf } from './clickhouse-request.js'
import { type ClickHouseFault, type EngineMessage, failureOf, readSetFaultMessage } from './engine-messages.js'

type Chdb = typeof import('chdb')

const MAX_BODY_BYTES = 64 * 1024 * 1024
/** Where upstream's tables live; there from the start, since a client that names a missing database is refused. */
const DATABASE = 'torghut'
/** 64-bit integers as JSON strings, as upstream's server (25.3) writes them. */
const CONNECTION_ARGUMENTS = ['--output_format_json_quote_64bit_integers=1']

await main(Number(process.argv[2]), process.argv[3] ?? '')

async function main(port: number, dataFolder: string): Promise<void> {
  if (process.send === undefined) throw new Error('this file is started by "quant-exporter embedded", not by hand')
  // The callback keeps a parent that has just gone from being an uncaught error; that it is gone is told by disconnect.
  const send = (message: EngineMessage) => process.send?.(message, undefined, undefined, () => {})
  // A terminal sends these to the whole process group; when to end is the parent's decision.
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  process.on('SIGTERM', () => leave(dataFolder))
  process.on('disconnect', () => leave(dataFolder))
  if (!process.connected) leave(dataFolder)
  // The engine takes every core that it finds; on two of them Postgres and its readers would wait for a bulk insert.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  try {
    mkdirSync(dataFolder, { mode: 0o700 })
    // Whatever the engine leaves beside its data (a core file, say) lies in the folder that is removed.
    process.chdir(dataFolder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    send({ type: 'failed', reason: 'data_folder', detail: `${dirname(dataFolder)} (${reason})` })
    return
  }
  try {
    const chdb = await import('chdb')
    // Open for the life of the process: the engine behind all sessions ends with the last of them.
    const first = new chdb.Session(dataFolder, { connectionArgs: CONNECTION_ARGUMENTS })
    first.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`)
    const front = createClickHouseHttpFront({
      run: (statement) => runStatement(chdb, dataFolder, statement),
      maxBodyBytes: MAX_BODY_BYTES,
    })
    process.on('message', (message) => {
      const order = readSetFaultMessage<ClickHouseFault>(message)
      if (order === undefined) return
      front.setFault(order.fault ?? undefined)
      send({ type: 'fault_set', id: order.id })
    })
    send({ type: 'ready', port: await front.listen(port) })
  } catch (error) {
    send(failureOf(error))
  }
}

/**
 * Each statement has a session of its own (0.4 ms): settings, parameters and the database that it sets would otherwise
 * be those of the next statement too.
 */
async function runStatement(chdb: Chdb, dataFolder: string, statement: ClickHouseStatement): Promise<Uint8Array> {
  const session = new chdb.Session(dataFolder, { connectionArgs: CONNECTION_ARGUMENTS })
  try {
    for (const sql of preparationOf(statement)) session.query(sql)
    const result = await session.queryAsync(statement.sql, { format: statement.defaultFormat })
    return result.bytes()
  } finally {
    session.close()
  }
}

/** Ends this process without the parent's help; see the other file for why it cannot remove the folder itself. */
function leave(dataFolder: string): void {
  const removal = fileURLToPath(new URL('./data-folder-removal-child.js', import.meta.url))
  spawn(process.execPath, [removal, dataFolder], { cwd: '/', env: {}, detached: true, stdio: 'ignore' }).unref()
  process.kill(process.pid, 'SIGKILL')
}
