import { Backoff } from '../lib/backoff.js'
import { EventStreamParser } from './event-stream.js'
import { MalformedAnswer } from './fields.js'
import { type Link, linkAfterEnd, type Refusal } from './link.js'
import { linkOfAnswer } from './refusal.js'
import { readEvent, type ScoreboardEvent } from './stream-events.js'
import { unreachable } from './unreachable.js'

/** Each book is heard of every five seconds: who hears nothing for longer than two of these is cut off, whatever TCP says. */
const SILENCE_MS = 12_000
/** An exporter without a book has nothing to tell but heartbeats, which come every 10 to 15 seconds. */
const EMPTY_SILENCE_MS = 40_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 10_000

export interface FollowOptions {
  readonly url: string
  /** Sent as Authorization; undefined: none. */
  readonly token: string | undefined
  readonly signal: AbortSignal
  readonly onLink: (link: Link) => void
  /** `gap`: an event before it is missing. */
  readonly onEvent: (event: ScoreboardEvent) => 'gap' | undefined
  /** Resolves after that long, earlier where there is reason to try at once, and when the signal aborts. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>
  readonly fetch?: typeof fetch
  /** From 0 to 1. */
  readonly random?: () => number
  readonly silenceMs?: number
}

/**
 * Follows a stream until the signal aborts, or until the exporter refuses for good: then it resolves with why.
 *
 * A connection that ends, fails, or falls silent is made again, with what was missed where the exporter still knows it, and
 * later each time that it fails in a row. After a gap it begins anew.
 */
export async function followStream(options: FollowOptions): Promise<Refusal | undefined> {
  const { signal, onLink, wait, random } = options
  const backoff = new Backoff({
    firstMs: FIRST_RETRY_MS,
    longestMs: LONGEST_RETRY_MS,
    ...(random === undefined ? {} : { random }),
  })
  const memory: Memory = { lastEventId: '' }
  onLink({ state: 'connecting' })
  while (!signal.aborted) {
    const link = await readOnce(options, memory, backoff)
    if (signal.aborted) return undefined
    onLink(link)
    if (link.state === 'refused') return link
    if (link.state === 'waiting' || link.state === 'disconnected') await wait(link.retryInMs, signal)
  }
  return undefined
}

/** What is carried from one connection to the next. */
interface Memory {
  lastEventId: string
}

async function readOnce(options: FollowOptions, memory: Memory, backoff: Backoff): Promise<Link> {
  const silence = new SilenceWatch(options.silenceMs)
  const signal = AbortSignal.any([options.signal, silence.signal])
  try {
    const response = await (options.fetch ?? fetch)(options.url, {
      signal,
      headers: headersOf(options.token, memory.lastEventId),
      credentials: 'omit',
      redirect: 'error',
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    if (response.status !== 200 || !isStream || response.body === null)
      return await linkOfAnswer(response, backoff.next())
    return await readBody(response.body, { ...options, signal }, memory, backoff, silence)
  } catch (error) {
    if (options.signal.aborted) return { state: 'connecting' }
    const why = silence.signal.aborted
      ? `nothing was heard for ${Math.round(silence.limitMs / 1_000)} s`
      : error instanceof MalformedAnswer
        ? `what came could not be read: ${error.message}`
        : unreachable(error)
    if (error instanceof MalformedAnswer) memory.lastEventId = ''
    return { state: 'disconnected', why, retryInMs: backoff.next() }
  } finally {
    silence.stop()
  }
}

async function readBody(
  body: ReadableStream<Uint8Array>,
  { onEvent, onLink }: FollowOptions,
  memory: Memory,
  backoff: Backoff,
  silence: SilenceWatch,
): Promise<Link> {
  let [comment, retryMs, isLive, hasGap]: [string, number | undefined, boolean, boolean] = ['', undefined, false, false]
  const live = () => {
    if (isLive) return
    isLive = true
    backoff.reset()
    onLink({ state: 'live' })
  }
  const parser = new EventStreamParser({
    onMessage(message) {
      if (hasGap) return
      silence.heard()
      const event = readEvent(message)
      hasGap = event !== undefined && onEvent(event) === 'gap'
      memory.lastEventId = hasGap ? '' : message.lastEventId
      if (!hasGap) live()
    },
    onComment(text) {
      comment = text
      if (text !== '') return
      silence.heartbeat()
      live()
    },
    onRetry(toldMs) {
      retryMs = toldMs
    },
  })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      parser.push(decoder.decode(piece.value, { stream: true }))
      if (hasGap) return { state: 'disconnected', why: 'an event was missed', retryInMs: backoff.next() }
    }
  } finally {
    // Whatever ended it: nothing more is wanted of this connection, and how its end goes changes nothing.
    await reader.cancel().catch(() => undefined)
  }
  // Where the exporter says goodbye it also says when to come again.
  return linkAfterEnd(comment, comment === '' || retryMs === undefined ? backoff.next() : retryMs)
}

/** Gives up a connection that nothing is heard of. */
class SilenceWatch {
  readonly #controller = new AbortController()
  readonly #silenceMs: number
  #hasHeard = false
  #timer: ReturnType<typeof setTimeout>
  limitMs: number

  constructor(silenceMs = SILENCE_MS) {
    this.#silenceMs = silenceMs
    this.limitMs = silenceMs
    this.#timer = this.#arm()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** An event: from now on more of them are due. */
  heard(): void {
    this.#hasHeard = true
    this.limitMs = this.#silenceMs
    this.#rearm()
  }

  /** A sign of life, which is enough only where there is nothing to tell. */
  heartbeat(): void {
    if (this.#hasHeard) return
    this.limitMs = Math.max(this.#silenceMs, EMPTY_SILENCE_MS)
    this.#rearm()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #rearm(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#arm()
  }

  #arm(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.limitMs)
  }
}

function headersOf(token: string | undefined, lastEventId: string): Record<string, string> {
  return {
    Accept: 'text/event-stream',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }),
  }
}
