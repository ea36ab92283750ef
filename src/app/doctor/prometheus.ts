import { z } from 'zod'
import { ask, askJson, parseAs, type Server } from './ask.js'
import { type Finding, finding, type Trouble } from './hop.js'

const instantAnswer = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
})

const targetsAnswer = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        scrapeUrl: z.string(),
        scrapePool: z.string().default(''),
        labels: z.record(z.string(), z.string()),
        health: z.string(),
        lastError: z.string().default(''),
      }),
    ),
  }),
})
type Target = z.infer<typeof targetsAnswer>['data']['activeTargets'][number]

/** What every page of the exporter has, whatever its state. */
export const BUILD_INFO = 'quant_exporter_build_info'
/** Rules count on a scrape every five seconds; within one of a minute nothing is broken yet. */
const LATE_SECONDS = 15
const LOST_SECONDS = 90

const SCRAPE_REMEDY =
  'add the exporter to scrape_configs (docs/alerts.md, Rules), or give the ServiceMonitor the labels that the Prometheus asks for'

/** What an instant query answers: labels and value of each series. */
export async function instantQuery(server: Server, query: string, signal: AbortSignal, path = '') {
  const { data } = await askJson(
    server,
    `${path}/api/v1/query?query=${encodeURIComponent(query)}`,
    instantAnswer,
    signal,
  )
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
}

/**
 * Whether Prometheus scrapes the exporter: the target is up, samples are there, and they are of now.
 *
 * @param hosts host and port of the exporter's own addresses, by which a target that fails is known
 */
export async function prometheusFinding(
  server: Server,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<Finding> {
  const ages = await instantQuery(server, `time() - timestamp(${BUILD_INFO})`, signal)
  const ours = (await targetsOf(server, signal)).filter((target) => isOurs(target, hosts))
  const down = ours.filter(({ health }) => health !== 'up').map(downTrouble)
  if (ages.length === 0) return finding({ troubles: down.length > 0 ? down : [nothingScraped(ours)] })
  const oldest = Math.max(...ages.map(({ value }) => value))
  const age: Trouble = {
    what: `the newest sample of an exporter is ${Math.round(oldest)} s old`,
    remedy: 'let Prometheus scrape it every 5 s (scrape_interval), as the rules count on',
  }
  return finding({
    told: ages.map(
      ({ labels, value }) => `job ${labels.job ?? '?'}, instance ${labels.instance ?? '?'}, ${value.toFixed(1)} s ago`,
    ),
    troubles: oldest > LOST_SECONDS ? [age] : [],
    // Another replica may be down, or one that was replaced may still be listed.
    notes: [...(oldest > LATE_SECONDS && oldest <= LOST_SECONDS ? [age] : []), ...down],
  })
}

/** What speaks Prometheus' language and scrapes nothing itself, such as Mimir or Thanos, has no targets to tell of. */
async function targetsOf(server: Server, signal: AbortSignal): Promise<readonly Target[]> {
  const path = '/api/v1/targets?state=active'
  const answer = await ask(server, path, signal, [200, 404])
  return answer.status === 404 ? [] : parseAs(server, path, answer, targetsAnswer).data.activeTargets
}

function isOurs({ scrapeUrl, scrapePool, labels }: Target, hosts: readonly string[]): boolean {
  const host = URL.canParse(scrapeUrl) ? new URL(scrapeUrl).host : ''
  return hosts.includes(host) || [scrapePool, ...Object.values(labels)].some((text) => text.includes('quant'))
}

function downTrouble({ scrapeUrl, health, lastError }: Target): Trouble {
  const address = scrapeUrl.split('?')[0]
  if (health !== 'down')
    return { what: `target ${address} has not been scraped yet`, remedy: 'ask again after its scrape interval' }
  return { what: `target ${address} is down: ${lastError}`, remedy: remedyFor(lastError) }
}

function remedyFor(lastError: string): string {
  if (/\b40[13]\b/.test(lastError)) return 'give its scrape config the token of QUANT_METRICS_TOKEN as authorization'
  if (/refused|no such host|timeout|deadline|no route/.test(lastError))
    return 'check the address of the target, that the exporter runs there and listens beyond loopback, and that no network policy lies between'
  if (/sample limit|sample_limit/.test(lastError)) return 'raise sample_limit, or lower QUANT_MAX_SERIES'
  return SCRAPE_REMEDY
}

function nothingScraped(ours: readonly Target[]): Trouble {
  if (ours.length === 0) return { what: 'Prometheus scrapes no exporter: no target is one', remedy: SCRAPE_REMEDY }
  return {
    what: `target ${ours[0]?.scrapeUrl.split('?')[0]} is up and there is no ${BUILD_INFO}`,
    remedy:
      'see that it is the exporter’s /metrics, and that metric_relabel_configs drop nothing that begins with quant_',
  }
}
