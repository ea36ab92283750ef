// The frames of an exporter as anybody can read them, and how those of two differ: every value of every book and account
// from one page of metrics, which is of one instant, and the digests of the inputs from the API.
import { API } from './exporter.mjs'

/** Books whose digests are asked for; of a thousand, some from all over. */
const MOST_DIGESTS = 20
/** What is evaluated when a page is written, follows from fresh and stale, or tells of a process instead of a frame. */
const IS_NOT_OF_A_FRAME =
  /_timestamp_seconds|_group_status|freshness|_age_|lag_seconds|missing_update|_alert|_policy|_total$|_bucket$|_count$|_sum$/

/** After an outage a value is called stale for two ticks of its tier more, so that states do not flap; a start has no past. */
const FRESHNESS = /,freshness="[a-z]*"/

const HEAVY_TICK = /^quant_tick_last_completed_timestamp_seconds\{[^}]*tier="heavy"/

async function read(url, path) {
  const response = await fetch(`${url}${path}`)
  if (!response.ok) throw new Error(`${path} is answered with ${response.status}`)
  return response
}

/**
 * All values of a page by series, and when the last heavy tick before it was over. A page that somebody else had asked for
 * a moment before is everybody's, so it may be of an earlier tick than the newest frames.
 */
export async function valuesOf(url) {
  const values = new Map()
  let tickedAt = Number.NaN
  for (const line of (await (await read(url, '/metrics')).text()).split('\n')) {
    if (HEAVY_TICK.test(line)) tickedAt = Number(line.split(' ')[1]) * 1000
    const [name] = line.split('{', 1)
    if (!/[{,](strategy_id|account)="/.test(line) || IS_NOT_OF_A_FRAME.test(name)) continue
    const end = line.lastIndexOf(' ')
    values.set(line.slice(0, end).replace(FRESHNESS, ''), line.slice(end + 1))
  }
  return { tickedAt, values }
}

export async function booksOf(url) {
  const { strategies } = await (await read(url, `${API}/strategies`)).json()
  const books = strategies.flatMap(({ strategy_id, accounts }) => accounts.map((account) => ({ strategy_id, account })))
  const each = Math.max(1, Math.ceil(books.length / MOST_DIGESTS))
  return books.filter((_, index) => index % each === 0)
}

/** The instant of a book's newest frame, and the digest of its inputs. */
export async function frameOf(url, book) {
  const query = new URLSearchParams({ ...book, metrics: 'net_pnl' })
  const { frame_as_of, inputs_digest } = await (await read(url, `${API}/snapshot?${query}`)).json()
  return { at: Date.parse(frame_as_of), digest: inputs_digest }
}

/** Digests of the books whose newest frame is of this instant: T may go on while they are asked for. */
export async function digestsAt(url, books, at) {
  const frames = await Promise.all(books.map(async (book) => ({ book, ...(await frameOf(url, book)) })))
  return new Map(
    frames
      .filter((frame) => frame.at === at)
      .map(({ book, digest }) => [`digest of ${book.strategy_id} in ${book.account}`, digest]),
  )
}

/** What is another in two sets; of digests only those that both have. */
export function differing(actual, expected, names = new Set([...actual.keys(), ...expected.keys()])) {
  return [...names]
    .filter((name) => actual.get(name) !== expected.get(name))
    .map((name) => ({ name, actual: actual.get(name), expected: expected.get(name) }))
}
