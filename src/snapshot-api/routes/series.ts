import type { RequestHandler } from 'express'
import { QuantError } from '../../domain/errors.js'
import { pointsOf } from '../../domain/series.js'
import { SECOND_MS, toIso } from '../../domain/time.js'
import type { ApiOptions } from '../api-options.js'
import { CSV_TYPE } from '../csv.js'
import { findSeriesBook } from '../find-series-book.js'
import { HttpProblem } from '../problem.js'
import { prefersCsv } from '../request-rules.js'
import { sendBody, sendJson } from '../responses.js'
import type { SeriesBody } from '../schemas.js'
import { seriesCsv } from '../series-csv.js'
import { gridOf } from '../series-grid.js'
import { readSeriesQuery } from '../series-query.js'
import { knownMetrics } from './snapshot.js'

/** The most metrics of one answer. */
const MOST_METRICS = 20
const RETRY_SECONDS = 5

/** `GET /series`: values as they were, on points of equal distance, from the store. */
export function seriesRoute({ reader, series, seriesVariables, dictionary, nearNames }: ApiOptions): RequestHandler {
  return async (request, response) => {
    const now = reader.now()
    const { query, refusal } = readSeriesQuery(request.url, dictionary.length, now)
    if (series === undefined) {
      refusal.throwIfAny()
      throw withoutStore(seriesVariables)
    }
    const known = { frames: reader.frames(), strategies: reader.strategies(), nearNames, series }
    const { strategyId, account, window, from, to } = query
    if (query.metrics !== undefined) knownMetrics(query.metrics, { dictionary, nearNames }, refusal)
    try {
      const book = strategyId === undefined ? undefined : await findSeriesBook({ strategyId, account }, known, refusal)
      refusal.throwIfAny()
      if (book === undefined || query.metrics === undefined) throw new Error('a book was neither found nor refused')
      refuseMany(query.metrics)
      const metrics = query.metrics.flatMap((name) => dictionary.filter((metric) => metric.name === name))
      const resolutionMs = series.resolutionMs(from, now)
      const grid = gridOf(query, resolutionMs)
      const columns = await series.read({ ...book, window, metrics, ...grid })
      const body: SeriesBody = {
        strategy_id: book.strategyId,
        account: book.account,
        window,
        from: toIso(from),
        to: toIso(to),
        step_seconds: grid.stepMs / SECOND_MS,
        resolution_seconds: resolutionMs / SECOND_MS,
        timestamps: pointsOf(grid).map(toIso),
        series: Object.fromEntries(
          metrics.map(({ name, unit, formulaVersion }, index) => {
            const column = columns[index]
            return [
              name,
              { unit, formula_version: column?.formulaVersion ?? formulaVersion, values: [...(column?.values ?? [])] },
            ]
          }),
        ),
        truncated: false,
        source: 'store',
      }
      if (prefersCsv(request)) sendBody(response, 200, CSV_TYPE, seriesCsv(body))
      else sendJson(response, body)
    } catch (error) {
      throw error instanceof QuantError ? unavailable(error) : error
    }
  }
}

function refuseMany({ length }: readonly string[]): void {
  if (length <= MOST_METRICS) return
  const problem = `names ${length} metrics, and at most ${MOST_METRICS} are answered: ask in ${Math.ceil(length / MOST_METRICS)} requests`
  throw new HttpProblem('too-large', { detail: `metrics ${problem}`, errors: [{ parameter: 'metrics', problem }] })
}

function withoutStore(variables = 'a store'): HttpProblem {
  return new HttpProblem('no-store', {
    detail: `nothing is kept of the past, since no store is configured: set ${variables}; /snapshot has the latest values`,
  })
}

/** Clients see the code, operators the cause: what was wrong with the store is its stage's in /health. */
function unavailable({ code }: QuantError): HttpProblem {
  return new HttpProblem('store-unavailable', {
    detail: `the store of series does not answer (${code}); /health has its stage materialize:series`,
    headers: { 'Retry-After': String(RETRY_SECONDS) },
  })
}
