// How a value came about in the exporter under test and in one that started afresh, where they differ: which facts one of
// them has and the other has not is seen by laying one explanation beside the other.
import { DICTIONARY } from '../../dist/compute/dictionary.js'
import { API } from './exporter.mjs'

/** Both explanations of the first of these series that is a metric's; undefined where there is none. */
export async function explainFirst(series, liveUrl, freshUrl) {
  for (const name of series) {
    const [, gauge, labels] = /^([a-z0-9_]+)\{(.*)\}$/.exec(name) ?? []
    const metric = DICTIONARY.find(({ prometheus }) => prometheus === gauge)
    if (metric === undefined) continue
    const label = (key) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1]
    const query = new URLSearchParams({
      ...{ strategy_id: label('strategy_id'), account: label('account') },
      ...{ window: label('window') ?? '1d', metric_name: metric.name },
    })
    const [live, fresh] = await Promise.all(
      [liveUrl, freshUrl].map(async (url) => {
        const response = await fetch(`${url}${API}/explain?${query}`)
        return response.json()
      }),
    )
    return { series: name, live, fresh }
  }
  return undefined
}
