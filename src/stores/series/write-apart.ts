import type { QuantError } from '../../domain/errors.js'
import type { Batch } from './batch.js'
import { isRefusal, type SeriesSink } from './sink.js'

/** What became of a batch. */
export interface WrittenApart {
  /** How many of its rows are stored. */
  readonly written: number
  /** Those that the store never takes. */
  readonly refused: readonly string[]
  /** What it says of them; undefined where it has taken all. */
  readonly why: QuantError | undefined
}

/**
 * Writes a batch, and where the store refuses it, halves of it, until only rows that are refused by themselves are left. The
 * largest come first, so that at `mostAttempts` what is still refused is small: it goes as it is. One bad row among ten
 * thousand takes 29. Rejects when the store may take the batch later; all of it is tried again then, and since the halves of a
 * batch always have the same tokens, what was stored before is not stored twice.
 */
export async function writeApart(
  sink: SeriesSink,
  batch: Batch,
  signal: AbortSignal,
  mostAttempts: number,
): Promise<WrittenApart> {
  const refused: string[] = []
  let written = 0
  let attempts = 0
  let why: QuantError | undefined
  const pieces = [batch]
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    const { lines } = piece
    attempts += 1
    const refusal = await refusalOf(sink, piece, signal)
    why ??= refusal
    if (refusal === undefined) written += lines.length
    else if (lines.length === 1 || attempts + pieces.length + 2 > mostAttempts) refused.push(...lines)
    else pieces.push(...halvesOf(piece))
  }
  return { written, refused, why }
}

async function refusalOf(sink: SeriesSink, batch: Batch, signal: AbortSignal): Promise<QuantError | undefined> {
  try {
    await sink.write(batch, signal)
    return undefined
  } catch (error) {
    if (isRefusal(error)) return error
    throw error
  }
}

function halvesOf({ token, days, lines }: Batch): Batch[] {
  const middle = Math.ceil(lines.length / 2)
  return [
    { token: `${token}-a`, days, lines: lines.slice(0, middle) },
    { token: `${token}-b`, days, lines: lines.slice(middle) },
  ]
}
