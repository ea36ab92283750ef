import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { QuantError } from '../domain/errors.js'
import type { Fact } from '../domain/facts.js'
import { createLineParser } from './fact-line.js'

/** No fact is longer: what is has lost its line ends. */
const LONGEST_LINE = 16 * 1024 * 1024
const READ_BYTES = 256 * 1024

export interface FactFileOptions {
  readonly onFact: (fact: Fact) => void
  /** Told of every line that is no fact, by its number from 1; throwing ends the reading. */
  readonly onRejection: (line: number, reason: string) => void
}

export interface FactFileReading {
  readonly facts: number
  readonly rejected: number
  /** True where the file ends within a line or within its compression, as after a crash: every whole line counted. */
  readonly isCutOff: boolean
}

/**
 * Reads a file of facts, one JSON object a line, in whatever order; compressed where its first bytes say so. Memory does
 * not grow with the file. Rejects with QuantError `facts_unreadable` when the file cannot be opened.
 */
export async function readFactFile(path: string, options: FactFileOptions): Promise<FactFileReading> {
  const lines = new FactLines(options)
  try {
    const isGzip = await startsAsGzip(path)
    const file = createReadStream(path, { highWaterMark: READ_BYTES })
    const decoder = new StringDecoder('utf8')
    const cut = await consume(file, isGzip, (chunk) => lines.add(decoder.write(chunk)))
    lines.end(decoder.end(), cut)
  } catch (error) {
    throw asUnreadable(path, error)
  }
  return lines
}

/** The fact files that a path means: itself, or those of a folder, by name. */
export async function factFilesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = (await readdir(path)).filter((name) => /\.ndjson(\.gz)?$/.test(name)).sort()
    if (names.length > 0) return names.map((name) => join(path, name))
  } catch (error) {
    throw asUnreadable(path, error)
  }
  throw new QuantError('facts_unreadable', `${path} holds no fact files (*.ndjson, *.ndjson.gz)`)
}

async function startsAsGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

/** How a compressed file ended; undefined where all of it could be read. */
type Cut = 'short' | 'damaged' | undefined

/** Hands every chunk over as it comes, without a queue, so that what was read before an end in the middle is not lost. */
function consume(file: Readable, isGzip: boolean, onChunk: (chunk: Buffer) => void): Promise<Cut> {
  return new Promise((resolve, reject) => {
    const stream = isGzip ? createGunzip({ chunkSize: READ_BYTES }) : file
    const fail = (error: unknown) => {
      file.destroy()
      stream.destroy()
      reject(error)
    }
    stream.on('data', (chunk: Buffer) => {
      try {
        onChunk(chunk)
      } catch (error) {
        fail(error)
      }
    })
    stream.once('end', () => resolve(undefined))
    stream.on('error', (error: NodeJS.ErrnoException) => {
      file.destroy()
      if (error.code === 'Z_BUF_ERROR') resolve('short')
      else if (error.code?.startsWith('Z_')) resolve('damaged')
      else reject(error)
    })
    if (stream === file) return
    file.on('error', fail)
    file.pipe(stream as ReturnType<typeof createGunzip>)
  })
}

/** Splits text into lines and lines into facts. */
class FactLines implements FactFileReading {
  readonly #options: FactFileOptions
  readonly #parse = createLineParser()
  #rest = ''
  #line = 0
  #isTooLong = false
  facts = 0
  rejected = 0
  isCutOff = false

  constructor(options: FactFileOptions) {
    this.#options = options
  }

  add(text: string): void {
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#take(this.#rest === '' ? text.slice(start, end) : this.#rest + text.slice(start, end))
      this.#rest = ''
      start = end + 1
    }
    this.#rest += text.slice(start)
    if (this.#rest.length <= LONGEST_LINE) return
    this.#isTooLong = true
    this.#rest = ''
  }

  /** What follows the last line end is a line of its own, or what a crash left of one. */
  end(text: string, cut: Cut): void {
    this.add(text)
    if (this.#rest !== '' || this.#isTooLong) this.#take(this.#rest, true)
    if (cut === 'short') this.isCutOff = true
    if (cut === 'damaged') this.#reject('the compressed data is damaged from here on')
  }

  #take(line: string, isLast = false): void {
    this.#line += 1
    if (this.#isTooLong || line.length > LONGEST_LINE) {
      this.#isTooLong = false
      this.#reject(`longer than ${LONGEST_LINE} characters`)
      return
    }
    const text = this.#line === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line
    if (text === '' || text.trim() === '') return
    const fact = this.#parse(text)
    if ('fact' in fact) {
      this.facts += 1
      this.#options.onFact(fact)
    } else if (isLast && !fact.isJson) this.isCutOff = true
    else this.#reject(fact.reason)
  }

  #reject(reason: string): void {
    this.rejected += 1
    this.#options.onRejection(this.#line, reason)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a folder',
}

/** What the file system says becomes one clear sentence; any other error stays what it is. */
function asUnreadable(path: string, error: unknown): unknown {
  if (error instanceof QuantError || typeof error !== 'object' || error === null || !('syscall' in error)) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return new QuantError('facts_unreadable', `cannot read ${path}: ${REASONS[code] ?? message}`)
}
