// Figures, printed as tables; never an assertion.
//   npm run bench                           all of it, about ten minutes
//   npm run bench -- core                   the core alone, without processes around it
//   npm run bench -- exposition             a scrape of 300,000 series, and the same by plain gauges of prom-client
//   npm run bench -- replay                 a session of ten books from files
//   npm run bench -- hydration              a start on 200,000 orders and 100,000 snapshots in Postgres 15, and one from checkpoints
//   npm run bench -- statements             statements a second upstream, for 10 and for 200 books
//   npm run bench -- polls                  polls while 2,000 orders a second are written again
//   npm run bench -- store --minutes 5       WAL and rows of the newest values of 100 books, for five minutes
//   npm run bench -- stream --minutes 1      1,000 clients of the stream for a minute
//   npm run bench -- series                 bytes a sample in ClickHouse, and a read of 20 × 11,000 points
//   npm run bench -- latency --minutes 1    a row committed → visible, from outside, for a minute
import { parseArgs } from 'node:util'
import { benchCore } from './bench/core.mjs'
import { benchExposition } from './bench/exposition.mjs'
import { benchHydration } from './bench/hydration.mjs'
import { benchLatency } from './bench/latency.mjs'
import { benchPolls } from './bench/polls.mjs'
import { benchReplay } from './bench/replay.mjs'
import { benchSeries } from './bench/series.mjs'
import { benchStatements } from './bench/statements.mjs'
import { benchStore } from './bench/store.mjs'
import { benchStream } from './bench/stream.mjs'

const PARTS = {
  core: benchCore,
  exposition: benchExposition,
  hydration: benchHydration,
  statements: benchStatements,
  polls: benchPolls,
  replay: benchReplay,
  store: benchStore,
  stream: benchStream,
  series: benchSeries,
  latency: benchLatency,
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: 'string' } } })
const minutes = Number(values.minutes ?? 5)
const unknown = positionals.filter((name) => !(name in PARTS))
if (unknown.length > 0 || !(minutes > 0)) {
  console.error(
    `npm run bench -- [${Object.keys(PARTS).join('|')}] [--minutes 5], not ${process.argv.slice(2).join(' ')}`,
  )
  process.exit(2)
}
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length === 0 || positionals.includes(name)) await run({ minutes })
}
