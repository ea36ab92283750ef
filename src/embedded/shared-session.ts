import type { PGlite } from '@electric-sql/pglite'

type PgliteClass = typeof PGlite

/** A PGlite whose one session several clients may use at once, and whose log does not fill the memory. */
export type SharedSession = PGlite & {
  /**
   * Recycles the write-ahead log. PGlite has no checkpointer, and its log lies in memory: without this, every byte that
   * is ever written stays. Does nothing while a client is in a transaction.
   */
  checkpoint(): Promise<void>
  /** Ends whatever a client has left half done; call it only while there are no clients. */
  abandonTransaction(): Promise<void>
}

const SESSION_SETTINGS = [
  // 16 MB instead of 128: the files are in memory already, a second copy of them costs 120 MB and gains nothing.
  'shared_buffers=16MB',
  // How much of the log survives a checkpoint.
  'max_wal_size=32MB',
  'min_wal_size=32MB',
  // There is no replica, and no power cut that this database would survive.
  'wal_level=minimal',
  'max_wal_senders=0',
  'full_page_writes=off',
]

/** Kinds of Postgres' protocol messages: their first byte. */
const QUERY = kind('Q')
const SYNC = kind('S')
const ERROR_RESPONSE = kind('E')
/** Parse, Bind, Describe, Execute, Close, Flush: a Sync is still to come. */
const PIPELINE_KINDS: readonly (number | undefined)[] = [...'PBDECH'].map(kind)

/**
 * Starts an in-memory PGlite that pglite-socket can share between connections.
 *
 * pglite-socket takes messages of all connections in turn and keeps to one connection only inside a transaction. A query
 * with parameters is several messages up to Sync; when they arrive in more than one piece, another client's Parse slips
 * in between and each gets the other's answer (seen with one 500 kB parameter). So an open pipeline counts as a
 * transaction here. It also stops for good when a message rejects, so a message never rejects: the client gets a FATAL.
 *
 * @param onBroken told when the engine itself has failed (a malformed first message does that): every later connection
 *   would fail too.
 */
export async function startSharedSession(
  Pglite: PgliteClass,
  onBroken: (error: Error) => void,
): Promise<SharedSession> {
  class Session extends Pglite {
    #pipelineIsOpen = false

    override isInTransaction(): boolean {
      return this.#pipelineIsOpen || super.isInTransaction()
    }

    override async execProtocolRawStream(
      message: Uint8Array,
      options: Parameters<PGlite['execProtocolRawStream']>[1],
    ): Promise<void> {
      try {
        await super.execProtocolRawStream(message, options)
      } catch (error) {
        options.onRawData(fatalResponse(error instanceof Error ? error.message : String(error)))
        // WebAssembly's own error: the engine has failed, not the message.
        if (error instanceof Error && error.name === 'RuntimeError') onBroken(error)
      }
      this.#pipelineIsOpen = PIPELINE_KINDS.includes(message[0])
    }

    async checkpoint(): Promise<void> {
      await this.runExclusive(async () => {
        // Not by exec(): its answer would go to the client that spoke last.
        if (!this.isInTransaction()) await this.execProtocolRawStream(queryMessage('CHECKPOINT'), discard)
      })
    }

    async abandonTransaction(): Promise<void> {
      await this.runExclusive(async () => {
        // After an error a pipeline is deaf until its Sync; outside a transaction ROLLBACK is a warning.
        await this.execProtocolRawStream(protocolMessage(SYNC, ''), discard)
        await this.execProtocolRawStream(queryMessage('ROLLBACK'), discard)
      })
    }
  }
  const settings = SESSION_SETTINGS.flatMap((setting) => ['-c', setting])
  const session = new Session({ startParams: [...Pglite.defaultStartParams, ...settings] })
  await session.waitReady
  return session
}

const discard = { onRawData: () => {} }

function queryMessage(sql: string): Uint8Array {
  return protocolMessage(QUERY, `${sql}\0`)
}

function fatalResponse(text: string): Uint8Array {
  return protocolMessage(ERROR_RESPONSE, `SFATAL\0VFATAL\0CXX000\0M${text}\0\0`)
}

/** One message of the protocol: its kind, the length that counts itself, the body. */
function protocolMessage(kindByte: number, text: string): Uint8Array {
  const body = Buffer.from(text)
  const head = Buffer.alloc(5)
  head.writeUInt8(kindByte, 0)
  head.writeUInt32BE(body.length + 4, 1)
  return new Uint8Array(Buffer.concat([head, body]))
}

function kind(letter: string): number {
  return letter.charCodeAt(0)
}
