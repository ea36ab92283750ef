// Whether the exporter shows what the tables hold: its frames against those of one that starts now over the same tables,
// and its count of the probe's orders against the table's. Nobody writes meanwhile, and a reconciliation goes before it.
import { fileURLToPath } from 'node:url'
import { explainFirst } from './explain-difference.mjs'
import { booksOf, differing, digestsAt, frameOf, valuesOf } from './frames.mjs'
import { seriesOf } from './metrics-page.mjs'
import { probesIn } from './probe-orders.mjs'
import { until } from './processes.mjs'
import { ALL_TIERS_SECONDS } from './settings.mjs'

const PROGRAM = fileURLToPath(new URL('fresh-exporter.mjs', import.meta.url))
/** Generous: on a busy machine a start alone may take a minute. */
const FRESH_WITHIN_MS = 300_000
const LIVE_WITHIN_MS = 300_000
const SHOWN_DIFFERENCES = 12
const MOST_TRIES = 4
/** It is not the matter here how long an answer takes. */
const PATIENT = { TORGHUT_DB_TIMEOUT_MS: '60000', CH_TIMEOUT_MS: '60000' }

/** What is the same and what is not, and how many orders are counted. */
export async function compare(world) {
  const { exporter, simulator, probe, sync } = world
  await probe.pause()
  await sync?.pause()
  await simulator.pause()
  try {
    await reconciled(world)
    const books = await booksOf(exporter.url)
    const live = await wholeFrames(exporter, books)
    const counted = { shown: probesIn(await exporter.page()), inTable: await probe.inTable() }
    const { found, explained } = await afresh(world, live, books)
    return {
      ...{ comparedAt: new Date(live.at).toISOString(), books: books.length, counted },
      ...{ values: live.values.size, digests: live.digests.size },
      ...{ differences: found.length, shown: found.slice(0, SHOWN_DIFFERENCES), explained },
    }
  } finally {
    simulator.resume()
    sync?.resume()
    probe.resume()
  }
}

/** One reconciliation begins and ends after now: two completions are seen. */
async function reconciled({ exporter, reconcileSeconds }) {
  const completed = async () =>
    seriesOf(await exporter.page(), 'quant_reconcile_last_completed_timestamp_seconds', 'source="postgres"')
  let [seen, last] = [0, await completed()]
  await until(
    async () => {
      const next = await completed()
      if (next !== last) seen += 1
      last = next
      return seen >= 2
    },
    {
      withinMs: LIVE_WITHIN_MS + 2_000 * reconcileSeconds,
      everyMs: 250,
      describe: () => `two reconciliations are completed: ${exporter.log().slice(-1_500)}`,
    },
  )
}

/** What a page says of an instant at which all tiers were computed: nothing newer was there before it nor after. */
async function wholeFrames({ url }, books) {
  const [book] = books
  let whole
  await until(
    async () => {
      const { at } = await frameOf(url, book)
      if (at % (ALL_TIERS_SECONDS * 1000) !== 0) return false
      const { tickedAt, values } = await valuesOf(url)
      if (!(tickedAt >= at)) return false
      const digests = await digestsAt(url, books, at)
      // An instant's page stands until the next tick, which a busy machine may make before we have read all of it.
      if (digests.size > 0) whole = { at, values, digests }
      return whole !== undefined
    },
    {
      withinMs: LIVE_WITHIN_MS,
      everyMs: 20,
      describe: () => 'the frames of one instant at which all tiers are computed',
    },
  )
  return whole
}

/**
 * What is another in an exporter that starts now. On a busy machine a source may not answer in time: then a start shows
 * what it has, which is not what there is, and another one is tried.
 */
async function afresh(world, live, books) {
  for (let tries = 1; ; tries += 1) {
    const { isWhole, log, ...differing } = await startAfresh(world, live, books)
    if (isWhole) return differing
    if (tries === MOST_TRIES) throw new Error(`a fresh exporter could not read everything: ${log}`)
  }
}

async function startAfresh({ processes, environment, exporter }, live, books) {
  const child = processes.start('fresh-exporter', process.execPath, [PROGRAM, String(live.at)], {
    environment: { ...environment, ...PATIENT, QUANT_LISTEN: '127.0.0.1:0' },
    hasChannel: true,
  })
  let url
  child.child.on('message', (message) => {
    url = message.url
  })
  try {
    await until(() => url !== undefined || child.child.exitCode !== null, {
      withinMs: FRESH_WITHIN_MS,
      describe: () => `a fresh exporter has frames: ${child.log().slice(-2_000)}`,
    })
    if (url === undefined) throw new Error(`a fresh exporter ended: ${child.log().slice(-2_000)}`)
    // Digests first, since they tell whether other facts are known or the same ones came to other values.
    const values = differing(live.values, (await valuesOf(url)).values)
    const digests = differing(live.digests, await digestsAt(url, books, live.at), live.digests.keys())
    const explained = await explainFirst(
      values.map(({ name }) => name),
      exporter.url,
      url,
    )
    const found = [...digests, ...values].map(({ name, actual, expected }) => `${name}: ${actual}, afresh ${expected}`)
    const isUp = child.log().includes('source up {"source":"clickhouse"}') && !child.log().includes('source down')
    return { found, explained, isWhole: isUp, log: child.log().slice(-2_000) }
  } finally {
    await child.stop('SIGKILL')
  }
}
