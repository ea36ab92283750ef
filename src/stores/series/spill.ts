import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { BatchLabel } from './batch.js'

/** A batch on disk. */
export interface SpilledFile {
  readonly path: string
  readonly bytes: number
}

/** What a file holds; without lines where it cannot be read, or is not what was written. */
export type Loaded =
  | { readonly label: BatchLabel; readonly lines: readonly string[] }
  | { readonly label: BatchLabel | undefined; readonly lines: undefined }

const WHOLE = '.batch'
const HALF = '.tmp'
const ASIDE = '.unreadable'

/** The machine is short of something; the file may be as it should. */
const PASSING = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY', 'EINTR']

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

  /** What an earlier process has left, oldest first; files that it did not finish are removed, and named. */
  async open(): Promise<{ readonly files: readonly SpilledFile[]; readonly halfWritten: readonly string[] }> {
    await mkdir(this.#folder, { recursive: true })
    const names = (await readdir(this.#folder)).sort()
    const halfWritten = names.filter((name) => name.endsWith(HALF))
    for (const name of halfWritten) await rm(join(this.#folder, name), { force: true })
    const files: SpilledFile[] = []
    for (const name of names.filter((some) => some.endsWith(WHOLE))) {
      const path = join(this.#folder, name)
      files.push({ path, bytes: (await lstat(path)).size })
    }
    return { files, halfWritten }
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

  /** Rejects where trying again may help. */
  async load({ path }: SpilledFile): Promise<Loaded> {
    const text = await textOf(path)
    const end = text?.indexOf('\n') ?? -1
    if (text === undefined || end < 0) return { label: undefined, lines: undefined }
    const label = labelOf(text.slice(0, end))
    const rest = text.slice(end + 1)
    if (label === undefined || Buffer.byteLength(rest) !== label.bytes) return { label, lines: undefined }
    return { label, lines: rest.split('\n').slice(0, -1) }
  }

  /** Gives a file another name, under which it is for people alone. */
  async setAside({ path }: SpilledFile): Promise<void> {
    await rename(path, `${path}${ASIDE}`)
  }

  async remove({ path }: SpilledFile): Promise<void> {
    await rm(path, { force: true })
  }
}

/** As people see it in the folder. */
export function nameOfFile({ path }: SpilledFile): string {
  return basename(path)
}

/** Undefined where it cannot be read, now or later. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (PASSING.includes(code)) throw error
    return undefined
  }
}

const LABEL = z.object({
  ...{ token: z.string(), backend: z.string(), rowCount: z.number(), bytes: z.number() },
  days: z.array(z.number()),
  books: z.array(z.object({ strategyId: z.string(), account: z.string(), newestAt: z.number() })),
})

function labelOf(text: string): BatchLabel | undefined {
  try {
    return LABEL.safeParse(JSON.parse(text)).data
  } catch (error) {
    // A file that somebody else has touched: the caller counts it.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
