// Two hundred clients open the stream of all books and never read.

import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { API } from '../exporter.mjs'
import { lengthBetween } from '../fault-length.mjs'
import { seriesOf, sumOf } from '../metrics-page.mjs'

const CLIENTS = 200

export const fault = {
  name: 'stuck-clients',
  title: `${CLIENTS} stuck clients of the stream`,
  holds: 'those who read are served as ever; those who do not are told less, then disconnected',
  isShort: true,
  secondsFor: lengthBetween(10, 60),
  mayAlert: [],
  mustAlertFor: () => [],
  async play({ exporter }, { seconds }) {
    const requests = await Promise.all(Array.from({ length: CLIENTS }, () => open(`${exporter.url}${API}/stream`)))
    const most = seriesOf(await exporter.page(), 'quant_stream_clients') ?? 0
    await sleep(seconds * 1000)
    const page = await exporter.page()
    for (const request of requests) request.destroy()
    return {
      problems: most >= CLIENTS ? [] : [`only ${most} clients were let in`],
      remark: `${sumOf(page, 'quant_stream_conflated_total')} times told less, ${sumOf(page, 'quant_stream_disconnected_total')} disconnected`,
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
