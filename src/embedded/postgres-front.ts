import { createServer, type Server } from 'node:net'
import type { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import type { SharedSession } from './shared-session.js'

type SocketServerClass = typeof PGLiteSocketServer

export interface PostgresFrontOptions {
  readonly session: SharedSession
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number
  readonly maxConnections: number
}

/** What clients connect to: the engine's own socket server, or somebody on its port who hangs up. */
export interface PostgresFront {
  /** Gives the port; rejects with Node's error when it is taken. */
  listen(): Promise<number>
  /**
   * Cuts all connections, running transactions too, and hangs up on new ones; or takes them again. The data stays.
   *
   * The port is kept meanwhile: a free one could be given to another program.
   */
  setDown(isDown: boolean): Promise<void>
}

export function createPostgresFront(SocketServer: SocketServerClass, options: PostgresFrontOptions): PostgresFront {
  const { session, maxConnections } = options
  const host = '127.0.0.1'
  let { port } = options
  let server: PGLiteSocketServer | undefined
  let refusing: Server | undefined
  let changing: Promise<void> = Promise.resolve()

  async function open(): Promise<void> {
    const opened = new SocketServer({ db: session, host, port, maxConnections })
    await opened.start()
    server = opened
    port = Number(opened.getServerConn().split(':')[1])
  }

  async function goDown(): Promise<void> {
    await server?.stop()
    server = undefined
    const hangingUp = createServer((socket) => socket.on('error', () => socket.destroy()).destroy())
    await new Promise<void>((resolve, reject) => {
      hangingUp.once('error', reject)
      hangingUp.listen(port, host, resolve)
    })
    refusing = hangingUp
  }

  async function comeBack(): Promise<void> {
    await new Promise<void>((resolve) => (refusing === undefined ? resolve() : refusing.close(() => resolve())))
    refusing = undefined
    // Whoever was cut off in the middle of a transaction does not end it any more.
    await session.abandonTransaction()
    await open()
  }

  return {
    async listen() {
      await open()
      return port
    },
    setDown(isDown) {
      const changed = changing.then(() => {
        if (isDown === (server === undefined)) return
        return isDown ? goDown() : comeBack()
      })
      changing = changed.catch(() => undefined)
      return changed
    },
  }
}
