import { createServer, type Server, Socket } from 'node:net'

/** How a network, or a server behind it, misbehaves; for connections that there are and new ones. */
export type NetworkFault =
  /** Nobody listens, and what was connected is cut. */
  | { readonly kind: 'stopped' }
  /** Connections are accepted and stay, and nothing goes through: a firewall that drops, a machine that froze. */
  | { readonly kind: 'black_hole' }
  /** Answers come a few bytes at a time. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** Every connection is cut after so many bytes of answers, those of before counted in. */
  | { readonly kind: 'cut_after'; readonly bytes: number }

export interface FaultProxy {
  readonly port: number
  setFault(fault: NetworkFault | undefined): Promise<void>
  close(): Promise<void>
}

/** A TCP proxy on loopback before a server there. What is held back by a fault goes on when the fault ends. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const links = new Set<Link>()
  let fault: NetworkFault | undefined
  let server: Server | undefined
  const open = async (port: number) => {
    server = createServer((client) => {
      const link = new Link(client, targetPort, () => links.delete(link))
      links.add(link)
      link.meet(fault)
    })
    await new Promise<void>((resolve, reject) => server?.once('error', reject).listen(port, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
    return address.port
  }
  const shut = async () => {
    for (const link of links) link.end()
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
    server = undefined
  }
  const port = await open(0)
  return {
    port,
    async setFault(next) {
      fault = next
      if (next?.kind === 'stopped') await shut()
      else if (server === undefined) await open(port)
      for (const link of links) link.meet(next)
    },
    close: shut,
  }
}

/** One client's connection, and ours to the server for it. */
class Link {
  readonly #client: Socket
  readonly #server = new Socket()
  readonly #held: Buffer[] = []
  #answered = 0
  #timer: NodeJS.Timeout | undefined

  constructor(client: Socket, port: number, onEnd: () => void) {
    this.#client = client
    // Whichever side ends or fails, the other one hears it as the end of its connection.
    for (const socket of [client, this.#server]) {
      socket.on('error', () => this.end())
      socket.on('close', () => {
        this.end()
        onEnd()
      })
    }
    this.#server.connect(port, '127.0.0.1')
    client.on('data', (chunk) => this.#server.write(chunk))
    this.#server.on('data', (chunk) => this.#answer(chunk))
  }

  meet(fault: NetworkFault | undefined): void {
    clearInterval(this.#timer)
    this.#answer = this.#pass
    const isHeld = fault?.kind === 'black_hole'
    for (const socket of [this.#client, this.#server]) if (isHeld) socket.pause()
    if (fault?.kind === 'trickle') {
      this.#answer = (chunk) => void this.#held.push(chunk)
      this.#timer = setInterval(() => this.#trickle(fault.bytes), fault.everyMs)
    } else if (fault?.kind === 'cut_after') this.#answer = (chunk) => this.#passUpTo(fault.bytes, chunk)
    if (fault?.kind !== 'trickle') for (const chunk of this.#held.splice(0)) this.#answer(chunk)
    if (!isHeld) for (const socket of [this.#client, this.#server]) socket.resume()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#client.destroy()
    this.#server.destroy()
  }

  #answer: (chunk: Buffer) => void = (chunk) => this.#pass(chunk)

  readonly #pass = (chunk: Buffer): void => {
    this.#answered += chunk.length
    this.#client.write(chunk)
  }

  #passUpTo(limit: number, chunk: Buffer): void {
    this.#pass(chunk.subarray(0, Math.max(0, limit - this.#answered)))
    // Written first, so that the client sees half of an answer and not only an end.
    if (this.#answered >= limit) setImmediate(() => this.end())
  }

  #trickle(bytes: number): void {
    const [first, ...rest] = this.#held
    if (first === undefined) return
    this.#held.splice(0, this.#held.length, ...(first.length > bytes ? [first.subarray(bytes)] : []), ...rest)
    this.#pass(first.subarray(0, bytes))
  }
}
