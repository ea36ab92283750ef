import { z } from 'zod'
import { DASHBOARDS } from '../../rules/links.js'
import { ask, askJson, type Server } from './ask.js'
import { type Finding, finding, HopFailure, listed, type Trouble } from './hop.js'
import { BUILD_INFO, instantQuery } from './prometheus.js'

const healthAnswer = z.object({ database: z.string() })
const dataSourcesAnswer = z.array(z.object({ uid: z.string(), name: z.string(), type: z.string() }))
type DataSource = z.infer<typeof dataSourcesAnswer>[number]
const dataSourceHealth = z.object({ status: z.string(), message: z.string().default('') })

/** Whether Grafana has a data source that is well and has what the dashboards show. */
export async function grafanaFinding(server: Server, signal: AbortSignal): Promise<Finding> {
  const { database } = await askJson(server, '/api/health', healthAnswer, signal)
  if (database !== 'ok')
    throw new HopFailure(`Grafana says of its own database: ${database}`, 'mend the database of Grafana')
  const all = await askJson(server, '/api/datasources', dataSourcesAnswer, signal)
  const dataSources = all.filter(({ type }) => type.includes('prometheus'))
  if (dataSources.length === 0)
    throw new HopFailure(
      'Grafana has no data source of type Prometheus',
      'add one that points to the Prometheus which scrapes the exporter (docs/dashboards.md)',
    )
  const judged = await Promise.all(
    dataSources.map(async (source) => ({ source, trouble: await troubleOf(source, server, signal) })),
  )
  const well = judged.filter(({ trouble }) => trouble === undefined).map(({ source }) => source.name)
  const troubles = judged.flatMap(({ trouble }) => trouble ?? [])
  const missing = await missingDashboards(server, signal)
  return finding({
    told: well.length === 0 ? [] : [`data source ${listed(well)} has the exporter's samples`],
    // With several, others may be for something else.
    troubles: well.length === 0 ? troubles : [],
    notes:
      missing.length === 0
        ? []
        : [{ what: `dashboards not there: ${listed(missing)}`, remedy: 'import dashboards/out (docs/dashboards.md)' }],
  })
}

async function troubleOf({ uid, name }: DataSource, server: Server, signal: AbortSignal): Promise<Trouble | undefined> {
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}/health`
  // 400 is how it says that the data source is not well.
  const health = await askJson(server, path, dataSourceHealth, signal, [200, 400])
  if (health.status !== 'OK')
    return {
      what: `data source ${name} is not well: ${health.message}`,
      remedy: 'correct its address and authorization in Grafana',
    }
  const proxied = `/api/datasources/proxy/uid/${encodeURIComponent(uid)}`
  const samples = await instantQuery(server, BUILD_INFO, signal, proxied)
  if (samples.length > 0) return undefined
  return {
    what: `data source ${name} answers and has no samples of the exporter`,
    remedy: 'let it point to the Prometheus which scrapes the exporter; mend hop prometheus first where that is broken',
  }
}

async function missingDashboards(server: Server, signal: AbortSignal): Promise<string[]> {
  const answers = await Promise.all(
    Object.values(DASHBOARDS).map(async (uid) => ({
      uid,
      status: (await ask(server, `/api/dashboards/uid/${uid}`, signal, [200, 403, 404])).status,
    })),
  )
  return answers.filter(({ status }) => status === 404).map(({ uid }) => uid)
}
