import { promisify } from 'node:util'
import { gunzip, gzip, type ZlibOptions } from 'node:zlib'
import { z } from 'zod'
import type { BookCheckpoint } from '../../compute/checkpoints/checkpoint.js'
import { digestText } from '../../compute/inputs/digest.js'
import type { BookKey } from '../../domain/book.js'
import { CALENDAR_NAMES } from '../../domain/calendar.js'
import type { OrderVersions, RowVersionPair } from '../../domain/checkpoint.js'
import { readFactJson, toFactJson } from '../../domain/fact-json.js'

/** A checkpoint with the versions of the rows that it was taken from. */
export interface KeptCheckpoint {
  readonly checkpoint: BookCheckpoint
  readonly schemaKey: string
  readonly spared: readonly OrderVersions[]
  readonly kept: readonly OrderVersions[]
}

const unzipped = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip)
const digest = z.string().regex(/^[0-9a-f]{32}$/)
/** An order's row, its events and its activities. */
type OrderState = readonly [row: RowVersionPair, events: RowVersionPair[], activities: RowVersionPair[]]
/** Looked at by hand: there are many. */
const orders = z.custom<OrderState[]>((raw) => Array.isArray(raw) && raw.every(isOrder))
const state = z.strictObject({
  at: z.number(),
  calendar: z.enum(CALENDAR_NAMES),
  schema: z.string(),
  symbols: z.array(z.strictObject({ symbol: z.string(), instrument: digest, opening: z.unknown(), digest, orders })),
  kept: orders,
  kept_digest: digest,
  first_orders: z.array(z.tuple([z.string(), z.number()])),
  snapshots_digest: digest,
})

/** As bytes: what `decodeCheckpoint` reads back. */
export async function encodeCheckpoint({ checkpoint, schemaKey, spared, kept }: KeptCheckpoint): Promise<Uint8Array> {
  const versions = new Map(spared.map((one) => [one.row[0], one]))
  const text = JSON.stringify({
    at: checkpoint.at,
    calendar: checkpoint.calendar,
    schema: schemaKey,
    symbols: checkpoint.symbols.map((symbol) => ({
      symbol: symbol.symbol,
      instrument: digestText(symbol.instrument),
      opening: symbol.opening === undefined ? null : toFactJson(symbol.opening),
      digest: digestText(symbol.digest),
      orders: symbol.orders.flatMap((id) => stateOf(versions.get(id))),
    })),
    kept: kept.flatMap(stateOf),
    kept_digest: digestText(checkpoint.keptDigest),
    first_orders: checkpoint.firstOrders,
    snapshots_digest: digestText(checkpoint.snapshotsDigest),
  })
  return promisify(gzip)(text)
}

/** A checkpoint of a million orders has less; a few bytes could become as much as one likes. */
const MOST_BYTES = 256 * 2 ** 20

/** Rejects with what is wrong where the bytes are no checkpoint. */
export async function decodeCheckpoint({ strategyId, account }: BookKey, bytes: Uint8Array): Promise<KeptCheckpoint> {
  const text = (await unzipped(bytes, { maxOutputLength: MOST_BYTES })).toString()
  const read = state.parse(JSON.parse(text))
  return {
    checkpoint: {
      ...{ strategyId, account, at: read.at, calendar: read.calendar },
      symbols: read.symbols.map(({ symbol, instrument, opening, digest: sum, orders }) => ({
        symbol,
        instrument: digestOf(instrument),
        opening: opening === null ? undefined : openingOf(opening),
        digest: digestOf(sum),
        orders: orders.map(([[id]]) => id),
      })),
      kept: read.kept.map(([[id]]) => id),
      keptDigest: digestOf(read.kept_digest),
      firstOrders: read.first_orders,
      snapshotsDigest: digestOf(read.snapshots_digest),
    },
    schemaKey: read.schema,
    spared: read.symbols.flatMap(({ orders }) => orders.map(versionsOf)),
    kept: read.kept.map(versionsOf),
  }
}

function isOrder(raw: unknown): boolean {
  return Array.isArray(raw) && isVersion(raw[0]) && areVersions(raw[1]) && areVersions(raw[2])
}

function areVersions(raw: unknown): boolean {
  return Array.isArray(raw) && raw.every(isVersion)
}

function isVersion(raw: unknown): boolean {
  return Array.isArray(raw) && raw.length === 2 && typeof raw[0] === 'string' && typeof raw[1] === 'string'
}

function stateOf(versions: OrderVersions | undefined) {
  return versions === undefined ? [] : [[versions.row, versions.events, versions.activities]]
}

function versionsOf([row, events, activities]: OrderState): OrderVersions {
  return { row, events, activities }
}

function digestOf(text: string): bigint {
  return BigInt(`0x${text}`)
}

function openingOf(raw: unknown) {
  const fact = readFactJson(raw)
  if (typeof fact === 'string') throw new Error(fact)
  if (fact.fact !== 'opening_position') throw new Error(`an opening position is needed, not ${fact.fact}`)
  return fact
}
