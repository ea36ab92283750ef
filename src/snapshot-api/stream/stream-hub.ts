import type { Response } from 'express'
import type { AlertEpisode } from '../../domain/alerts.js'
import { bookId } from '../../domain/book.js'
import type { FrameSet } from '../../domain/frame.js'
import type { FrameReader } from '../../domain/ports.js'
import type { Window } from '../../domain/window.js'
import { alertBody } from '../alert-body.js'
import { formatEventId, parseEventId } from './event-id.js'
import { EventLog, type StreamEvent } from './event-log.js'
import { SnapshotTexts } from './snapshot-texts.js'
import { type Disconnection, StreamClient } from './stream-client.js'
import { filterName, passes, type StreamFilter } from './stream-filter.js'
import { type FeedContext, WindowFeed } from './window-feed.js'

/** How long a window that nobody listens to goes on being told, so that who comes back finds what was missed. */
const IDLE_MS = 60_000
/** Of what is remembered for clients that come back: a minute, of a hundred books in a few windows. */
const LOG_LIMITS = { events: 20_000, size: 32 * 1024 * 1024, ageMs: IDLE_MS }
/** What a client is to wait before it connects again: normally, and where it cannot be served now. */
const RETRY_MS = 2_000
const RETRY_LATER_MS = 5_000

/** Why a client was sent away, or not let in. */
export type StreamRefusal = 'warming_up' | 'stopping' | 'too_many_clients' | 'too_many_of_address'

/** Told of what the stream does: counted by whoever is interested. */
export interface StreamObserver {
  clients(count: number): void
  /** From the frame to the socket of one client. */
  delivered(seconds: number): void
  conflated(): void
  disconnected(reason: Disconnection): void
  refused(reason: StreamRefusal): void
}

export interface StreamOptions extends FeedContext {
  readonly reader: Pick<FrameReader, 'state' | 'frames' | 'now'>
  readonly heartbeatMs: number
  readonly maxBufferBytes: number
  readonly maxClients: number
  readonly maxClientsAnAddress: number
  readonly observer: StreamObserver
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number
  /** From 0 to 1: spreads out those who are sent away at the end. */
  readonly random: () => number
}

interface Group {
  readonly filter: StreamFilter
  readonly name: string
  readonly clients: Set<StreamClient>
}

interface Feed {
  readonly feed: WindowFeed
  /** Events up to this number were made before anybody listened. */
  readonly sinceN: number
  idleSinceMs: number | undefined
}

/**
 * Everybody who listens. Each tick's frames become events once, each event is serialised once, and what clients with the
 * same filter get is put together once; a client that cannot take it does not hold up the others.
 */
export class StreamHub {
  readonly #options: StreamOptions
  readonly #log = new EventLog(LOG_LIMITS)
  readonly #groups = new Map<string, Group>()
  readonly #feeds = new Map<Window, Feed>()
  readonly #addresses = new Map<string, number>()
  readonly #open = new Map<StreamClient, Response>()
  readonly #snapshots = new SnapshotTexts<WindowFeed>()
  readonly #heartbeat: NodeJS.Timeout
  #set: FrameSet | undefined
  #isClosed = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs)
    this.#heartbeat.unref()
  }

  /** Why nobody can be let in now; undefined where one can. */
  refusal(address: string): StreamRefusal | undefined {
    const { reader, maxClients, maxClientsAnAddress } = this.#options
    if (this.#isClosed || reader.state() === 'stopping') return 'stopping'
    if (reader.frames() === undefined) return 'warming_up'
    if (this.#open.size >= maxClients) return 'too_many_clients'
    return (this.#addresses.get(address) ?? 0) >= maxClientsAnAddress ? 'too_many_of_address' : undefined
  }

  /** Lets a client in: what it missed since `lastEventId` where that is still known, else a snapshot of each of its books. */
  connect(response: Response, filter: StreamFilter, address: string, lastEventId: string | undefined): void {
    const { reader, maxBufferBytes, observer, nowMs } = this.#options
    const set = this.#set ?? reader.frames()
    if (set === undefined) throw new Error('a client was let in before the first frame')
    this.#set = set
    const { feed, sinceN } = this.#feedOf(filter.window, set, nowMs())
    const name = filterName(filter)
    const { epoch } = set.stamp
    const missed = this.#missed(filter, name, epoch, sinceN, lastEventId)
    const books = missed === undefined ? [...set.books].filter(([, { book }]) => passesBook(filter, book)) : []
    const client = new StreamClient(
      {
        ...{ response, epoch, filter: name, maxBufferBytes },
        snapshotOf: (id) => this.#snapshotOf(feed, id),
        newest: () => this.#log.n,
        onConflated: () => observer.conflated(),
      },
      books.map(([id]) => id),
    )
    const group = this.#groups.get(name) ?? { filter, name, clients: new Set() }
    this.#groups.set(name, group)
    group.clients.add(client)
    this.#open.set(client, response)
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1)
    observer.clients(this.#open.size)
    response.once('close', () => this.#left(client, group, address))
    client.write(`retry: ${RETRY_MS}\n\n`)
    if (missed !== undefined) client.write(this.#chunk(missed, name, epoch))
    client.start()
  }

  /** Ends the answer to somebody who cannot be let in now; an EventSource comes again after a while. */
  turnAway(response: Response, reason: StreamRefusal): void {
    this.#options.observer.refused(reason)
    response.end(`retry: ${RETRY_LATER_MS}\n: ${reason}\n\n`)
  }

  /** New frames: everybody gets what of them is another. */
  publish(set: FrameSet): void {
    const startedMs = this.#options.nowMs()
    this.#set = set
    this.#snapshots.forget()
    const events: StreamEvent[] = []
    for (const [window, { feed, idleSinceMs }] of this.#feeds) {
      if (idleSinceMs !== undefined && startedMs - idleSinceMs > IDLE_MS) {
        this.#feeds.delete(window)
        continue
      }
      for (const { frame, name, body } of feed.advance(set, startedMs))
        events.push(this.#log.append({ ...frame.book, window, madeMs: startedMs, text: textOf(name, body) }))
    }
    this.#send(events, set.stamp.epoch, startedMs)
  }

  /** An episode has opened or is over. */
  publishAlert(episode: AlertEpisode): void {
    const startedMs = this.#options.nowMs()
    const { strategyId, account, resolved } = episode
    const text = textOf(`quant.alert.${resolved === undefined ? 'opened' : 'resolved'}`, alertBody(episode))
    const event = this.#log.append({ strategyId, account, window: undefined, madeMs: startedMs, text })
    if (this.#set !== undefined) this.#send([event], this.#set.stamp.epoch, startedMs)
  }

  /** Sends everybody away, to come back at different moments. Idempotent. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#heartbeat)
    for (const response of this.#open.values()) {
      const retryMs = Math.round(RETRY_MS + this.#options.random() * RETRY_LATER_MS)
      response.end(`retry: ${retryMs}\n: stopping\n\n`)
    }
  }

  #send(events: readonly StreamEvent[], epoch: string, startedMs: number): void {
    const { observer, nowMs } = this.#options
    const byStrategy = new Map<string, StreamEvent[]>()
    for (const event of events) {
      const known = byStrategy.get(event.strategyId)
      if (known === undefined) byStrategy.set(event.strategyId, [event])
      else known.push(event)
    }
    for (const { filter, name, clients } of this.#groups.values()) {
      const candidates = filter.strategyId === undefined ? events : (byStrategy.get(filter.strategyId) ?? [])
      const passing = candidates.filter((event) => passes(filter, event))
      if (passing.length === 0) continue
      const chunk = this.#chunk(passing, name, epoch)
      for (const client of clients) {
        if (client.isCurrent) client.write(chunk)
        else for (const event of passing) client.tell(event, event.window === undefined ? undefined : bookId(event))
        observer.delivered((nowMs() - startedMs) / 1000)
      }
    }
    this.#disconnectFailing()
  }

  #snapshotOf(feed: WindowFeed, id: string): string | undefined {
    const [set, now] = [this.#set, this.#options.reader.now()]
    if (set === undefined) return undefined
    return this.#snapshots.get(feed, id, now, () => {
      const body = feed.snapshot(id, set, now)
      return body && textOf('quant.metrics.snapshot', body)
    })
  }

  #disconnectFailing(): void {
    const nowMs = this.#options.nowMs()
    for (const [client, response] of this.#open) {
      const reason = client.failing(nowMs)
      if (reason === undefined) continue
      this.#options.observer.disconnected(reason)
      response.destroy()
    }
  }

  #chunk(events: readonly StreamEvent[], filter: string, epoch: string): string {
    return events.map(({ n, text }) => `id: ${formatEventId({ epoch, filter, n })}\n${text}`).join('')
  }

  #missed(filter: StreamFilter, name: string, epoch: string, sinceN: number, lastEventId: string | undefined) {
    const last = lastEventId === undefined ? undefined : parseEventId(lastEventId)
    if (last === undefined || last.epoch !== epoch || last.filter !== name || last.n < sinceN) return undefined
    return this.#log.after(last.n, filter)
  }

  #feedOf(window: Window, set: FrameSet, nowMs: number): Feed {
    const known = this.#feeds.get(window)
    if (known !== undefined) {
      known.idleSinceMs = undefined
      return known
    }
    const feed = {
      feed: new WindowFeed(window, this.#options, set, nowMs),
      ...{ sinceN: this.#log.n, idleSinceMs: undefined },
    }
    this.#feeds.set(window, feed)
    return feed
  }

  #left(client: StreamClient, group: Group, address: string): void {
    group.clients.delete(client)
    if (group.clients.size === 0) this.#groups.delete(group.name)
    this.#open.delete(client)
    const ofAddress = (this.#addresses.get(address) ?? 1) - 1
    if (ofAddress > 0) this.#addresses.set(address, ofAddress)
    else this.#addresses.delete(address)
    const { window } = group.filter
    const isHeard = [...this.#groups.values()].some(({ filter }) => filter.window === window)
    const feed = this.#feeds.get(window)
    if (feed !== undefined && !isHeard) feed.idleSinceMs = this.#options.nowMs()
    this.#options.observer.clients(this.#open.size)
  }

  /** Proxies and clients take a line that stays silent for dead. */
  #beat(): void {
    for (const client of this.#open.keys()) if (client.isCurrent) client.write(':\n\n')
    this.#disconnectFailing()
  }
}

function passesBook(filter: StreamFilter, book: { readonly strategyId: string; readonly account: string }): boolean {
  return passes(filter, { strategyId: book.strategyId, account: book.account, window: filter.window })
}

/** JSON has no line breaks, so that one line of data is enough. */
function textOf(name: string, body: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(body)}\n\n`
}
