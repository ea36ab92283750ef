// Two hundred clients open the stream of all books and never read.

import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { API } from '../exporter.mjs'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf, sumOf } from '../metrics-page.mjs'

const CLIENTS = 200
/** What may be held for each: the bound of what is queued (docs/stream.md) and the little that a connection is. */
const HELD_MIB_EACH = 0.5

export const fault = {
  name: 'stuck-clients',
  title: `${CLIENTS} stuck clients of the stream`,
  holds: 'those who read are served as ever; next to nothing is held for those who do not',
  isShort: true,
  secondsFor: lengthBetween(10, 60),
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ exporter }, { seconds }) {
    const before = exporter.rss()
    const requests = await Promise.all(Array.from({ length: CLIENTS }, () => open(`${exporter.url}${API}/stream`)))
    const clientsOn = (page) => seriesOf(page, 'quant_stream_clients') ?? 0
    const first = clientsOn(await exporter.page())
    await sleep(seconds * 1000)
    const page = await exporter.page()
    // A page that was begun for somebody else may tell of a moment at which not all were there.
    const most = Math.max(first, clientsOn(page))
    const grownMiB = Math.round((exporter.rss() - before) / 2 ** 20)
    for (const request of requests) request.destroy()
    return {
      problems: [
        ...(most >= CLIENTS ? [] : [`only ${most} clients were let in`]),
        ...(grownMiB <= CLIENTS * HELD_MIB_EACH ? [] : [`memory grew by ${grownMiB} MiB`]),
      ],
      // What the kernel takes for them, some megabytes each, is not the exporter's to hold.
      remark: `${grownMiB} MiB more of memory, ${sumOf(page, 'quant_stream_conflated_total')} times told less, ${sumOf(page, 'quant_stream_disconnected_total')} disconnected`,
    }
  },
}

function open(url) {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false }, (response) => {
      response.pause()
      response.on('error', () => undefined)
      resolve(request)
    })
    request.on('error', reject)
  })
}
