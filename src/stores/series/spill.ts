import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchLabel } from './batch.js'

/** A batch on disk. */
export interface SpilledFile {
  readonly path: string
  readonly bytes: number
}

const WHOLE = '.batch'
const HALF = '.tmp'

/**
 * Batches that a store did not take, as files: what is in them survives the process, also one that is killed.
 *
 * A file is written under another name and renamed when it is whole, so that whoever reads sees all of it or nothing. Its
 * first line is its label, which also tells how long the rest has to be. Names sort by age. One process a folder.
 */
export class Spill {
  readonly #folder: string
  readonly #wallNow: () => number
  #count = 0

  constructor(folder: string, wallNow: () => number) {
    this.#folder = folder
    this.#wallNow = wallNow
  }

  /** What an earlier process has left, oldest first; a file that it did not finish is removed, and counted. */
  async open(): Promise<{ readonly files: readonly SpilledFile[]; readonly halfWritten: number }> {
    await mkdir(this.#folder, { recursive: true })
    const names = (await readdir(this.#folder)).sort()
    const half = names.filter((name) => name.endsWith(HALF))
    for (const name of half) await rm(join(this.#folder, name), { force: true })
    const files: SpilledFile[] = []
    for (const name of names.filter((some) => some.endsWith(WHOLE))) {
      const path = join(this.#folder, name)
      files.push({ path, bytes: (await stat(path)).size })
    }
    return { files, halfWritten: half.length }
  }

  async store(label: BatchLabel, lines: readonly string[]): Promise<SpilledFile> {
    this.#count += 1
    const age = String(this.#wallNow()).padStart(15, '0')
    const path = join(this.#folder, `${age}-${String(this.#count).padStart(8, '0')}-${label.token}${WHOLE}`)
    const text = `${JSON.stringify(label)}\n${lines.map((line) => `${line}\n`).join('')}`
    const half = `${path}${HALF}`
    try {
      await writeFile(half, text, { flush: true })
      await rename(half, path)
    } catch (error) {
      await rm(half, { force: true })
      throw error
    }
    return { path, bytes: Buffer.byteLength(text) }
  }

  /** Undefined where the file is not what was written. */
  async load({ path }: SpilledFile): Promise<{ readonly label: BatchLabel; readonly lines: string[] } | undefined> {
    const text = await readFile(path, 'utf8')
    const end = text.indexOf('\n')
    const label = end < 0 ? undefined : labelOf(text.slice(0, end))
    const rest = text.slice(end + 1)
    if (label === undefined || Buffer.byteLength(rest) !== label.bytes) return undefined
    return { label, lines: rest.split('\n').slice(0, -1) }
  }

  async remove({ path }: SpilledFile): Promise<void> {
    await rm(path, { force: true })
  }
}

function labelOf(text: string): BatchLabel | undefined {
  try {
    const label: unknown = JSON.parse(text)
    const isLabel =
      typeof label === 'object' && label !== null && 'token' in label && 'bytes' in label && 'books' in label
    return isLabel ? (label as BatchLabel) : undefined
  } catch {
    // A file that somebody else has touched: the caller counts it.
    return undefined
  }
}
