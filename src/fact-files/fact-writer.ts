import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { QuantError } from '../domain/errors.js'
import { type EpochMs, toIso } from '../domain/time.js'

const compress = promisify(gzip)

const FLUSH_EVERY_MS = 500
/** A file that has grown to this is closed and the next one begun. */
const LARGEST_FILE_BYTES = 256 * 1024 * 1024
/** What waits for the disk at most, in characters. */
const MOST_WAITING = 128 * 1024 * 1024

export interface FactWriterOptions {
  /** Made where it is missing; only the user of the process may read what is in it. */
  readonly folder: string
  readonly wallNow: () => EpochMs
  /** Told when writing begins to fail, and when it works again. */
  readonly onTrouble: (error: unknown) => void
  readonly onRecovery: () => void
  readonly largestFileBytes?: number
  readonly mostWaiting?: number
}

/**
 * Appends lines to compressed files, each file of one process alone.
 *
 * Twice a second what has come is compressed as a whole gzip member of its own, off the main thread, and appended: a
 * process that is killed loses what came since, and never spoils what was written before. One stream with sync flushes
 * was rejected: it is a tenth smaller, but a write that fails half-way ends it, while here the file is cut back to its
 * last whole member and goes on when there is room again. Written data is left to the operating system: it survives the
 * process, not the machine.
 */
export class FactWriter {
  readonly #options: FactWriterOptions
  #file: FileHandle
  #fileBytes = 0
  #waiting: string[] = []
  #waitingSize = 0
  #writing: Promise<void> | undefined
  #isFailing = false
  readonly #timer: NodeJS.Timeout

  private constructor(options: FactWriterOptions, file: FileHandle) {
    this.#options = options
    this.#file = file
    this.#timer = setInterval(() => this.#flushSoon(), FLUSH_EVERY_MS)
    this.#timer.unref()
  }

  /** Begins the first file. Rejects with QuantError `configuration_invalid` where nothing can be written. */
  static async open(options: FactWriterOptions): Promise<FactWriter> {
    try {
      await mkdir(options.folder, { recursive: true, mode: 0o700 })
      return new FactWriter(options, await newFile(options))
    } catch (error) {
      throw new QuantError('configuration_invalid', `cannot record into ${options.folder}`, { cause: error })
    }
  }

  /** Takes a line, without its end; false when it was dropped because too much waits already. */
  add(line: string): boolean {
    if (this.#waitingSize > (this.#options.mostWaiting ?? MOST_WAITING)) return false
    this.#waiting.push(line)
    this.#waitingSize += line.length + 1
    return true
  }

  /** Writes what waits, as far as it can be written, and closes the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    await this.#flush()
    await this.#file.close()
  }

  #flushSoon(): void {
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = undefined
    })
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return
    const lines = this.#waiting
    const size = this.#waitingSize
    this.#waiting = []
    try {
      const member = await compress(`${lines.join('\n')}\n`, { level: 3 })
      await this.#append(member)
      this.#waitingSize -= size
      if (this.#isFailing) this.#options.onRecovery()
      this.#isFailing = false
    } catch (error) {
      this.#waiting = [...lines, ...this.#waiting]
      if (!this.#isFailing) this.#options.onTrouble(error)
      this.#isFailing = true
    }
  }

  async #append(member: Buffer): Promise<void> {
    const { largestFileBytes = LARGEST_FILE_BYTES } = this.#options
    if (this.#fileBytes > 0 && this.#fileBytes + member.length > largestFileBytes) {
      const next = await newFile(this.#options)
      await this.#file.close()
      this.#file = next
      this.#fileBytes = 0
    }
    try {
      await writeAll(this.#file, member, this.#fileBytes)
    } catch (error) {
      await this.#file.truncate(this.#fileBytes)
      throw error
    }
    this.#fileBytes += member.length
  }
}

async function writeAll(file: FileHandle, data: Buffer, at: number): Promise<void> {
  for (let written = 0; written < data.length; ) {
    const { bytesWritten } = await file.write(data, written, data.length - written, at + written)
    written += bytesWritten
  }
}

/** Named with the instant and the process, and never one that is there. */
function newFile({ folder, wallNow }: FactWriterOptions): Promise<FileHandle> {
  const instant = toIso(wallNow()).replaceAll(/[-:.]/g, '')
  return open(join(folder, `facts-${instant}-${process.pid}.ndjson.gz`), 'wx', 0o600)
}
