// The clients of the stream, a process of their own: `stream-listeners.mjs URL PROBE BOOKS CLIENTS`, the last two as JSON.
// Each reads as an EventSource does, comes back after an end, and holds every book's last frame_seq against the next
// event's prev_frame_seq. What they saw is sent to the parent twice a second.
import { get } from 'node:http'

const [, , url, probe, booksJson, clientsJson] = process.argv
const books = JSON.parse(booksJson)
const clients = JSON.parse(clientsJson)
const RETRY_MS = 2_000
const TELL_EACH_MS = 500

let told = fresh()

function fresh() {
  return { ages: [], probes: [], gaps: 0, deltas: 0, snapshots: 0, connects: 0, ends: 0, refused: 0 }
}

const nowMs = () => performance.timeOrigin + performance.now()

for (let index = 0; index < clients.oneBook; index += 1) {
  const book = index === 0 ? books.findIndex(({ strategy_id }) => strategy_id === probe) : index % books.length
  listen(`?${new URLSearchParams({ ...books[book], window: '1d' })}`, { tellsAges: true, isProbe: index === 0 })
}
for (let index = 0; index < clients.allBooks; index += 1) listen('', { tellsAges: false, isProbe: false })
for (let index = 0; index < clients.stuck; index += 1) neverRead()

function listen(query, kind) {
  let lastId = ''
  const sequences = new Map()
  const connect = () => {
    const headers = lastId === '' ? {} : { 'last-event-id': lastId }
    let hasEnded = false
    const again = () => {
      if (hasEnded) return
      hasEnded = true
      told.ends += 1
      setTimeout(connect, RETRY_MS * (0.5 + Math.random()))
    }
    const request = get(`${url}${query}`, { agent: false, headers }, (response) => {
      told.connects += 1
      if (response.statusCode !== 200) told.refused += 1
      response.setEncoding('utf8')
      let rest = ''
      response.on('data', (text) => {
        const blocks = (rest + text).split('\n\n')
        rest = blocks.pop()
        for (const block of blocks) take(block)
      })
      response.on('close', again).on('error', again)
    })
    request.on('error', again)
  }
  const take = (block) => {
    const id = /^id:(.*)$/m.exec(block)
    if (id !== null) lastId = id[1].trim()
    const event = /^event: ?(\S+)$/m.exec(block)?.[1]
    if (event !== 'quant.metrics.snapshot' && event !== 'quant.metrics.delta') return
    const body = JSON.parse(/^data: ?(.*)$/m.exec(block)[1])
    const book = `${body.strategy_id} ${body.account}`
    if (event === 'quant.metrics.snapshot') told.snapshots += 1
    else {
      told.deltas += 1
      if (sequences.get(book) !== body.prev_frame_seq) told.gaps += 1
      if (kind.tellsAges) told.ages.push(nowMs() - Date.parse(body.frame_as_of))
    }
    sequences.set(book, body.frame_seq)
    if (!kind.isProbe) return
    const notional = (body.changed ?? body.metrics).find(({ metric_name }) => metric_name === 'traded_notional')
    if (typeof notional?.value === 'number') told.probes.push([notional.value, nowMs()])
  }
  connect()
}

/** Takes the head of an answer and nothing more; comes back when it is sent away. */
function neverRead() {
  let hasEnded = false
  const again = () => {
    if (!hasEnded) setTimeout(neverRead, RETRY_MS)
    hasEnded = true
  }
  const request = get(url, { agent: false }, (response) => {
    response.pause()
    response.on('error', again)
    request.socket?.on('close', again)
  })
  request.on('error', again)
}

setInterval(() => {
  process.send(told)
  told = fresh()
}, TELL_EACH_MS)
process.on('disconnect', () => process.exit(0))
