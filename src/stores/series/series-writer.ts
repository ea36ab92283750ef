import { randomUUID } from 'node:crypto'
import type { BookKey } from '../../domain/book.js'
import type { QuantError } from '../../domain/errors.js'
import type { DropReason } from '../../domain/series.js'
import type { EpochMs } from '../../domain/time.js'
import { Loop } from '../../lib/loop.js'
import { type BatchLabel, OpenBatch } from './batch.js'
import { tellsGap } from './marks.js'
import { refusal, type SeriesSink } from './sink.js'
import { nameOfFile, type Spill, type SpilledFile } from './spill.js'
import { type WrittenApart, writeApart } from './write-apart.js'

/** Attempts at a batch that holds rows which the store refuses: enough to find several among ten thousand. */
const MOST_ATTEMPTS = 100

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
  /** Rows are gone; what comes next must be told in full. With what the store says where it has refused them. */
  readonly onDropped: (reason: DropReason, rowCount: number, refused?: QuantError) => void
  /** Names of files that an earlier process did not finish, or that cannot be read or are not what was written, as above. */
  readonly onUnreadable: (names: readonly string[]) => void
  /** A round is through: the store has everything up to now. */
  readonly onSuccess: () => void
  readonly onError: (error: unknown) => void
  /** A batch could not be put on disk; it stays in memory. */
  readonly onSpillError: (error: unknown) => void
}

interface LabelledLines {
  readonly label: BatchLabel
  readonly lines: readonly string[]
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
 * are counted, and a row for each of its books tells readers up to when something is missing. So are the rows that the
 * store refuses for what is in them: trying them again would hold up all that follow. A batch keeps its token, so an
 * attempt of which nobody knows how it ended is made again.
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
    await this.#flush(signal, this.#options.spill?.maxBytes ?? 0)
  }

  async #flush(signal: AbortSignal, maxFileBytes: number): Promise<void> {
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
      await this.#spillAll(maxFileBytes)
      throw error
    }
    this.#options.onSuccess()
  }

  /** Writes what waits, for at most `withinMs`; what is left then is on disk, or counted as dropped. Idempotent. */
  async stop(withinMs: number): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    await this.#loop.stop()
    const { spill, onError } = this.#options
    const signal = AbortSignal.timeout(withinMs)
    await this.#flush(signal, spill?.maxBytes ?? 0).catch(onError)
    // What tells of the last drops is kept in any case: a full disk would push out more for it, which would have to be told.
    if (this.#open.rowCount > 0) await this.#flush(signal, Number.POSITIVE_INFINITY).catch(onError)
    this.#seal()
    for (const waiting of this.#waiting)
      if (waiting.in === 'memory') this.#options.onDropped('stopped', waiting.label.rowCount)
    this.#waiting = []
    this.#rows = 0
    this.#bytes = 0
  }

  async #write(next: Waiting, signal: AbortSignal): Promise<void> {
    this.#underWay = next
    const batch = next.in === 'memory' ? next : await this.#load(next)
    if (batch !== undefined) {
      const outcome = await this.#writeApart(batch, signal)
      await this.#remove(next)
      if (outcome.written > 0) this.#options.onWritten(outcome.written)
      this.#refused(batch.label, outcome)
    }
    this.#underWay = undefined
  }

  async #writeApart({ label, lines }: LabelledLines, signal: AbortSignal): Promise<WrittenApart> {
    const { sink } = this.#options
    if (label.backend !== sink.backend)
      return { written: 0, refused: lines, why: refusal(`they were written for ${label.backend}`) }
    return writeApart(sink, { token: label.token, days: label.days, lines }, signal, MOST_ATTEMPTS)
  }

  /** Undefined for a file that says nothing: it is set aside, so that the next one has its turn. */
  async #load(waiting: Waiting & { readonly in: 'file' }) {
    const { spill, onUnreadable, onSpillError } = this.#options
    const loaded = await spill?.files.load(waiting.file)
    if (loaded?.lines !== undefined) return loaded
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    this.#fileBytes -= waiting.file.bytes
    await spill?.files.setAside(waiting.file).catch(onSpillError)
    onUnreadable([nameOfFile(waiting.file)])
    if (loaded?.label !== undefined) this.#tellGap(loaded.label)
    return undefined
  }

  #seal(): void {
    if (this.#open.rowCount === 0) return
    this.#waiting.push({
      in: 'memory',
      ...this.#open.seal({ token: randomUUID(), backend: this.#options.sink.backend }),
    })
    this.#open = new OpenBatch()
  }

  /** Once: what an earlier process has left is older than anything that waits. */
  async #openSpill(): Promise<void> {
    const { spill, onUnreadable, onSpillError } = this.#options
    if (spill === undefined) return
    this.#opening ??= spill.files.open().then(({ files, halfWritten }) => {
      if (halfWritten.length > 0) onUnreadable(halfWritten)
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
  async #spillAll(maxFileBytes: number): Promise<void> {
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
      await this.#keepFilesWithin(maxFileBytes)
    }
  }

  async #replace(
    waiting: Waiting & { readonly in: 'memory' },
    spilled: Waiting & { readonly in: 'file' },
  ): Promise<void> {
    const place = this.#waiting.indexOf(waiting)
    if (place < 0) {
      // It was dropped, and counted, while it was written.
      await this.#removeFile(spilled.file)
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
      const loaded = await this.#load(oldest)
      if (loaded === undefined) continue
      await this.#remove(oldest)
      this.#dropped('spill_full', loaded.label)
    }
  }

  async #remove(waiting: Waiting): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== waiting)
    if (waiting.in === 'memory') this.#forget(waiting.label)
    else {
      this.#fileBytes -= waiting.file.bytes
      await this.#removeFile(waiting.file)
    }
  }

  /** One that stays is written once more by the next process, which does no harm. */
  async #removeFile(file: SpilledFile): Promise<void> {
    await this.#options.spill?.files.remove(file).catch(this.#options.onSpillError)
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

  #dropped(reason: DropReason, label: BatchLabel): void {
    this.#tellGap(label)
    this.#options.onDropped(reason, label.rowCount)
  }

  /** Rows that only tell of gaps are not told of again: they might be refused for ever. */
  #refused(label: BatchLabel, { refused, why }: WrittenApart): void {
    if (refused.some((line) => !tellsGap(line))) this.#tellGap(label)
    if (refused.length > 0) this.#options.onDropped('refused', refused.length, why)
  }

  #tellGap({ books }: BatchLabel): void {
    const { sink } = this.#options
    for (const { strategyId, account, newestAt } of books) {
      const line = sink.gapLine({ strategyId, account }, newestAt)
      this.#rows += 1
      this.#bytes += this.#open.add({ strategyId, account }, newestAt, [line])
    }
  }
}
