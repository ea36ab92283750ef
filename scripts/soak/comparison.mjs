// Whether the exporter shows what the tables hold: its frames against those of one that starts now over the same tables,
// and its count of the probe's orders against the table's. Nobody writes meanwhile, and a reconciliation goes before it.
import { fileURLToPath } from 'node:url'
import { booksOf, differences, framesOf } from './frames.mjs'
import { seriesOf } from './metrics-page.mjs'
import { probesIn } from './probe-orders.mjs'
import { until } from './processes.mjs'
import { ALL_TIERS_SECONDS } from './settings.mjs'

const PROGRAM = fileURLToPath(new URL('fresh-exporter.mjs', import.meta.url))
const FRESH_WITHIN_MS = 120_000
const LIVE_WITHIN_MS = 120_000
const SHOWN_DIFFERENCES = 6

/** @returns { comparedAt, books, values, differences, counted: { shown, inTable } } */
export async function compare(world) {
  const { exporter, simulator, probe } = world
  await probe.pause()
  await simulator.pause()
  try {
    await reconciled(world)
    const books = await booksOf(exporter.url)
    const live = await wholeFrames(exporter, books)
    const counted = { shown: probesIn(await exporter.page()), inTable: await probe.inTable() }
    const expected = await afresh(world, live.at, books)
    const found = differences(live.parts, expected.parts)
    return {
      ...{ comparedAt: new Date(live.at).toISOString(), books: books.length, values: live.parts.size, counted },
      differences: found.length,
      shown: found.slice(0, SHOWN_DIFFERENCES),
    }
  } finally {
    simulator.resume()
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
      withinMs: LIVE_WITHIN_MS + 4_000 * reconcileSeconds,
      everyMs: 250,
      describe: () => `two reconciliations are completed: ${exporter.log().slice(-1_500)}`,
    },
  )
}

/** Frames of an instant at which all tiers were computed, all books of the same one. */
async function wholeFrames(exporter, books) {
  let whole
  await until(
    async () => {
      const [book] = books
      const { frame_as_of } = await exporter.ask(`/snapshot?${new URLSearchParams(book)}&metrics=net_pnl`)
      if (Date.parse(frame_as_of) % (ALL_TIERS_SECONDS * 1000) !== 0) return false
      const frames = await framesOf(exporter.url, books)
      whole = frames !== undefined && frames.at === Date.parse(frame_as_of) ? frames : undefined
      return whole !== undefined
    },
    { withinMs: LIVE_WITHIN_MS, everyMs: 20, describe: () => 'all books have a frame of one instant and of all tiers' },
  )
  return whole
}

async function afresh({ processes, environment }, at, books) {
  const child = processes.start('fresh-exporter', process.execPath, [PROGRAM, String(at)], {
    environment: { ...environment, QUANT_LISTEN: '127.0.0.1:0' },
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
    const frames = url === undefined ? undefined : await framesOf(url, books)
    if (frames?.at !== at)
      throw new Error(`a fresh exporter has no frame of that instant: ${child.log().slice(-2_000)}`)
    return frames
  } finally {
    await child.stop('SIGKILL')
  }
}
