// The clients of the stream's bench, a process of their own: `stream-clients.mjs <url> <books>`.
import { get } from 'node:http'

const ONE_BOOK = 900
const ALL_BOOKS = 50
const STUCK = 50

const [, , url, books] = process.argv
/** The wall clock at which the frames of a T were there. */
const framedAt = new Map()
const ages = { 'one book': [], 'all books': [] }
const ended = { 'one book': 0, 'all books': 0, 'never reads': 0 }

process.on('message', (message) => {
  if (message === 'report') process.send(report())
  else framedAt.set(new Date(message.now).toISOString(), message.at)
})

const opened = []
for (let index = 0; index < ONE_BOOK; index += 1)
  opened.push(open('one book', `?strategy_id=strategy-${index % Number(books)}`))
for (let index = 0; index < ALL_BOOKS; index += 1) opened.push(open('all books', ''))
for (let index = 0; index < STUCK; index += 1) opened.push(open('never reads', ''))
await Promise.all(opened)
process.send('ready')

function open(kind, query) {
  return new Promise((resolve, reject) => {
    const request = get(`${url}${query}`, { agent: false }, (response) => {
      resolve()
      response.on('close', () => {
        ended[kind] += 1
      })
      response.on('error', () => undefined)
      if (kind === 'never reads') response.pause()
      else {
        response.setEncoding('utf8')
        response.on('data', (text) => take(kind, text))
      }
    })
    request.on('error', reject)
  })
}

/** One age a piece of text that holds a delta: pieces are what a client sees. */
function take(kind, text) {
  const [, asOf] = /"prev_frame_seq":\d+,"frame_as_of":"([^"]+)"/.exec(text) ?? []
  const at = asOf === undefined ? undefined : framedAt.get(asOf)
  if (at !== undefined) ages[kind].push(Date.now() - at)
}

function report() {
  return Object.fromEntries(
    Object.entries(ages).map(([kind, values]) => {
      const sorted = [...values].sort((left, right) => left - right)
      const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))]
      return [
        kind,
        {
          n: sorted.length,
          p50: quantile(0.5),
          p95: quantile(0.95),
          p99: quantile(0.99),
          max: sorted.at(-1),
          ended: ended[kind],
        },
      ]
    }),
  )
}
