import { randomUUID } from 'node:crypto'
import type { BookKey } from '../../domain/book.js'
import type { DropReason } from '../../domain/series.js'
import type { EpochMs } from '../../domain/time.js'
import { Loop } from '../../lib/loop.js'
import { type Batch, type BatchLabel, OpenBatch } from './batch.js'
import type { BookSamples } from './sampler.js'
import type { Spill, SpilledFile } from './spill.js'

/** A store of rows. Both methods reject with a QuantError when it does not answer. */
export interface SeriesSink {
  /** Takes a batch whole or not at all; taking it twice is taking it once. */
  write(batch: Batch, signal: AbortSignal): Promise<void>
  /** Asked when there is nothing to write. */
  ping(signal: AbortSignal): Promise<void>
  /** The row that tells readers: of this book samples are missing up to this T. */
  gapLine(book: BookKey, at: EpochMs): string
}

/** How a store wants what is sampled: one row a line. */
export type Encode = (samples: BookSamples) => readonly string[]

export interface SeriesWriterOptions {
  readonly sink: SeriesSink
  /** How often a batch is written. */
  readonly flushMs: number
  /** Rows and bytes that may wait in memory. */
  readonly maxRows: number
  readonly maxBytes: number
  /** Rows that are written at once. */
  readonly maxBatchRows: number
  readonly spill?: { readonly files: Spill; readonly maxBytes: number } | undefined
  readonly random?: () => number
  readonly onWritten: (rowCount: number) => void
  /** Rows are gone; what comes next must be told in full. */
  readonly onDropped: (reason: DropReason, rowCount: number) => void
  /** A file that an earlier process did not finish, or that is not what was written. */
  readonly onUnreadable: (fileCount: number) => void
  /** A round is through: the store has everything up to now. */
  readonly onSuccess: () => void
  readonly onError: (error: unknown) => void
  /** A batch could not be put on disk; it stays in memory. */
  readonly onSpillError: (error: unknown) => void
}

/** A batch that waits: in memory, or on disk, where its label is read again when it is needed. */
type Waiting =
  | { readonly in: 'memory'; readonly label: BatchLabel; readonly lines: readonly string[] }
  | { readonly in: 'file'; readonly file: SpilledFile }

/**
 * Writes rows to a store that may be slow, or away, without anybody waiting for it.
 *
 * Rows are gathered and written as one batch a flush, oldest first, one at a time. While the store takes nothing they wait:
 * on disk where a folder is given, else in memory, both within limits; beyond them the oldest batch is dropped, its rows
 * are counted, and a row for each of its books tells readers up to when something is missing. A batch keeps its token, so
 * an attempt of which nobody knows how it ended is made again.
 */
export class SeriesWriter {
  readonly #options: SeriesWriterOptions
  readonly #loop: Loop
  #open = new OpenBatch()
  #waiting: Waiting[] = []
  /** The batch that the store is looking at. */
  #underWay: Waiting | undefined
  #rows = 0
  #bytes = 0
  #fileBytes = 0
  #opening: Promise<void> | undefined
  #isStopped = false

  constructor(options: SeriesWriterOptions) {
    this.#options = options
    const { flushMs, random } = options
    this.#loop = new Loop({
      periodMs: flushMs,
      run: (signal) => this.flush(signal),
      onError: (error) => options.onError(error),
      ...(random === undefined ? {} : { random }),
    })
  }

  start(): void {
    if (!this.#isStopped) this.#loop.start()
  }

  /** Rows that wait in memory. */
  get queueRows(): number {
    return this.#rows
  }

  /** Bytes that wait on disk. */
  get spilledBytes(): number {
    return this.#fileBytes
  }

  /** Takes rows of one book at one T; returns at once. */
  add(book: BookKey, at: EpochMs, lines: readonly string[]): void {
    if (this.#isStopped) return
    this.#rows += lines.length
    this.#bytes += this.#open.add(book, at, lines)
    const { maxBatchRows, maxRows, maxBytes } = this.#options
    if (this.#open.rowCount >= maxBatchRows) this.#seal()
    while (this.#rows > maxRows || this.#bytes > maxBytes) if (!this.#dropOldest()) break
  }

  /** One round: everything that waits is written, oldest first. Rejects with the first failure; the rest waits on. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#openSpill()
    this.#seal()
    try {
      if (this.#waiting.length === 0) await this.#options.sink.ping(signal)
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        signal.throwIfAborted()
        await this.#write(next, signal)
      }
    } catch (error) {
      this.#underWay = undefined
      await this.#spillAll()
      throw error
    }
    this.#options.onSuccess()
  }

  /** Writes what waits, for at most `withinMs`; what is left then is on disk, or counted as dropped. Idempotent. */
  async stop(withinMs: number): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    await this.#loop.stop()
    try {
      await this.flush(AbortSignal.timeout(withinMs))
    } catch (error) {
      this.#options.onError(error)
    }
    for (const waiting of this.#waiting)
      if (waiting.in === 'memory') this.#options.onDropped('stopped', waiting.label.rowCount)
    this.#waiting = []
    this.#rows = 0
    this.#bytes = 0
  }

  async #write(next: Waiting, signal: AbortSignal): Promise<void> {
    const { sink, onWritten, onUnreadable } = this.#options
    this.#underWay = next
    const batch = next.in === 'memory' ? next : await this.#options.spill?.files.load(next.file)
    if (batch === undefined) onUnreadable(1)
    else {
      await sink.write({ token: batch.label.token, lines: batch.lines }, signal)
      onWritten(batch.label.rowCount)
    }
    this.#underWay = undefined
    await this.#remove(next)
  }

  #seal(): void {
    if (this.#open.rowCount === 0) return
    this.#waiting.push({ in: 'memory', ...this.#open.seal(randomUUID()) })
    this.#open = new OpenBatch()
  }

  /** Once: what an earlier process has left is older than anything that waits. */
  async #openSpill(): Promise<void> {
    const { spill, onUnreadable, onSpillError } = this.#options
    if (spill === undefined) return
    this.#opening ??= spill.files.open().then(({ files, halfWritten }) => {
      if (halfWritten > 0) onUnreadable(halfWritten)
      for (const file of files) this.#fileBytes += file.bytes
      this.#waiting = [...files.map((file) => ({ in: 'file', file }) as const), ...this.#waiting]
    })
    try {
      await this.#opening
    } catch (error) {
      this.#opening = undefined
      onSpillError(error)
    }
  }

  /** Puts on disk what waits in memory, oldest first, so that the files stay in the order of their rows. */
  async #spillAll(): Promise<void> {
    const { spill, onSpillError } = this.#options
    if (spill === undefined || this.#opening === undefined) return
    for (const waiting of [...this.#waiting]) {
      if (waiting.in === 'file' || !this.#waiting.includes(waiting)) continue
      try {
        const file = await spill.files.store(waiting.label, waiting.lines)
        await this.#replace(waiting, { in: 'file', file })
      } catch (error) {
        onSpillError(error)
        return
      }
      await this.#keepFilesWithin(spill.maxBytes)
    }
  }

  async #replace(
    waiting: Waiting & { readonly in: 'memory' },
    spilled: Waiting & { readonly in: 'file' },
  ): Promise<void> {
    const place = this.#waiting.indexOf(waiting)
    if (place < 0) {
      // It was dropped, and counted, while it was written.
      await this.#options.spill?.files.remove(spilled.file)
      return
    }
    this.#waiting[place] = spilled
    this.#fileBytes += spilled.file.bytes
    this.#forget(waiting.label)
  }

  async #keepFilesWithin(maxBytes: number): Promise<void> {
    while (this.#fileBytes > maxBytes) {
      const oldest = this.#waiting.find((waiting) => waiting.in === 'file')
      if (oldest?.in !== 'file') return
      const label = (await this.#options.spill?.files.load(oldest.file))?.label
      await this.#remove(oldest)
      if (label === undefined) this.#options.onUnreadable(1)
      else this.#dropped('spill_full', label)
    }
  }

  async #remove(waiting: Waiting): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    if (waiting.in === 'memory') this.#forget(waiting.label)
    else {
      this.#fileBytes -= waiting.file.bytes
      await this.#options.spill?.files.remove(waiting.file)
    }
  }

  #forget({ rowCount, bytes }: BatchLabel): void {
    this.#rows -= rowCount
    this.#bytes -= bytes
  }

  /** False when dropping does not help: all there is, is under way, or it was no more than the rows that tell of it. */
  #dropOldest(): boolean {
    const isDroppable = (waiting: Waiting) => waiting.in === 'memory' && waiting !== this.#underWay
    if (!this.#waiting.some(isDroppable)) this.#seal()
    const oldest = this.#waiting.find(isDroppable)
    if (oldest?.in !== 'memory') return false
    this.#waiting = this.#waiting.filter((other) => other !== oldest)
    this.#forget(oldest.label)
    this.#dropped('queue_full', oldest.label)
    return oldest.label.rowCount > oldest.label.books.length
  }

  #dropped(reason: DropReason, { rowCount, books }: BatchLabel): void {
    const { sink, onDropped } = this.#options
    for (const { strategyId, account, newestAt } of books) {
      const line = sink.gapLine({ strategyId, account }, newestAt)
      this.#rows += 1
      this.#bytes += this.#open.add({ strategyId, account }, newestAt, [line])
    }
    onDropped(reason, rowCount)
  }
}
