import { z } from 'zod'
import { type EpochMs, MINUTE_MS } from '../../domain/time.js'
import type { AlertingRule } from '../../rules/rule.js'
import { askJson, type Server } from './ask.js'
import { type Finding, finding, HopFailure, listed, type Trouble } from './hop.js'
import { type Labels, type Routing, readRouting, receiversOf, tellsSomebody, UnknownMatcher } from './routes.js'
import { SHIPPED_RULES } from './rules.js'

const knownAnswer = z.object({ data: z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })) }) })
const firingAnswer = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.record(z.string(), z.string()), state: z.string(), activeAt: z.string() })),
  }),
})
const statusAnswer = z.object({ config: z.object({ original: z.string() }) })
const heldAnswer = z.array(z.object({ labels: z.record(z.string(), z.string()) }))

/** The alert that always fires while all is well: whoever holds it is told by Prometheus. */
const WATCHDOG = 'QuantWatchdog'
/** Prometheus tells an alert at once, and again every minute. */
const DELIVERY_MS = 2 * MINUTE_MS
const ROUTES_REMEDY =
  'take over the route below team="quant" and its receivers from alertmanager/alertmanager.yaml (docs/alerts.md, Who is told)'
const SEVERITIES = ['critical', 'warning'] as const

export interface AlertmanagerHop {
  /** Undefined: whether Prometheus tells it anything is not asked. */
  readonly prometheus: Server | undefined
  /** Undefined: it is not asked itself. */
  readonly alertmanager: Server | undefined
}

/** Whether Prometheus tells an Alertmanager, whether this one hears it, and whether it tells people. */
export async function alertmanagerFinding(
  { prometheus, alertmanager }: AlertmanagerHop,
  now: EpochMs,
  signal: AbortSignal,
): Promise<Finding> {
  const known = prometheus === undefined ? undefined : await knownTo(prometheus, signal)
  if (alertmanager === undefined) return finding({ ...known, notes: [NOT_ASKED_ITSELF] })
  const status = await askJson(alertmanager, '/api/v2/status', statusAnswer, signal)
  const filter = encodeURIComponent(`alertname="${WATCHDOG}"`)
  const held = await askJson(alertmanager, `/api/v2/alerts?filter=${filter}`, heldAnswer, signal)
  const lost =
    prometheus === undefined || held.length > 0 || known?.troubles.length !== 0
      ? []
      : await notDelivered(prometheus, known.told, now, signal)
  const routed = routesFinding(status.config.original, held[0]?.labels ?? {})
  return finding({
    told: [
      ...(known?.told ?? []),
      ...(held.length > 0 ? [`it holds ${WATCHDOG}: what Prometheus fires arrives`] : []),
      ...routed.told,
    ],
    troubles: [...(known?.troubles ?? []), ...lost, ...routed.troubles],
    notes: routed.notes,
  })
}

const NOT_ASKED_ITSELF: Trouble = {
  what: 'its routes were not looked at',
  remedy: 'give --alertmanager URL',
}

async function knownTo(prometheus: Server, signal: AbortSignal): Promise<Finding> {
  const { data } = await askJson(prometheus, '/api/v1/alertmanagers', knownAnswer, signal)
  const urls = data.activeAlertmanagers.map(({ url }) => url)
  if (urls.length > 0) return finding({ told: [`Prometheus sends alerts to ${listed(urls)}`] })
  return finding({
    troubles: [
      {
        what: 'Prometheus sends alerts to no Alertmanager',
        remedy: 'name it under alerting in the configuration of Prometheus (docs/alerts.md, Rules)',
      },
    ],
  })
}

/** What fires for long and is not held has gone elsewhere, or nowhere. */
async function notDelivered(
  prometheus: Server,
  told: readonly string[],
  now: EpochMs,
  signal: AbortSignal,
): Promise<Trouble[]> {
  const { data } = await askJson(prometheus, '/api/v1/alerts', firingAnswer, signal)
  const isLost = data.alerts.some(
    ({ labels, state, activeAt }) =>
      labels.alertname === WATCHDOG && state === 'firing' && now - Date.parse(activeAt) > DELIVERY_MS,
  )
  if (!isLost) return []
  return [
    {
      what: `Prometheus fires ${WATCHDOG} and this Alertmanager does not hold it; ${told.join('; ')}`,
      remedy: 'name this Alertmanager under alerting there, or give --alertmanager the address of that one',
    },
  ]
}

/** Who is told of our alerts, by severity; critical ones and warnings have to reach somebody. */
function routesFinding(configuration: string, watchdog: Labels): Finding {
  const routing = readRouting(configuration)
  if (routing === undefined)
    throw new HopFailure('its configuration could not be read', 'try its routes with amtool config routes test')
  const alerts = SHIPPED_RULES.filter((rule): rule is AlertingRule => 'alert' in rule)
  const of = (severity: string) => alerts.filter(({ labels }) => labels.severity === severity)
  try {
    const routed = SEVERITIES.map((severity) => ({ severity, ...route(routing, of(severity), watchdog) }))
    const dead = route(
      routing,
      alerts.filter(({ alert }) => alert === WATCHDOG),
      watchdog,
    )
    return finding({
      told: routed.map(({ severity, receivers }) => `${severity}: ${listed(receivers) || 'nobody'}`),
      troubles: routed
        .filter(({ unheard }) => unheard.length > 0)
        .map(({ severity, unheard }) => ({
          what: `of severity ${severity} nobody is told of ${listed(unheard)}`,
          remedy: ROUTES_REMEDY,
        })),
      notes:
        dead.unheard.length === 0
          ? []
          : [{ what: `${WATCHDOG} reaches nobody: that nothing comes is not noticed`, remedy: ROUTES_REMEDY }],
    })
  } catch (error) {
    if (!(error instanceof UnknownMatcher)) throw error
    return finding({
      notes: [
        {
          what: `its routes are not judged: ${error.message} is not understood here`,
          remedy: 'try them with amtool config routes test',
        },
      ],
    })
  }
}

/** The receivers that tell somebody, and the alerts that reach none of them. */
function route(routing: Routing, alerts: readonly AlertingRule[], watchdog: Labels) {
  const reached = alerts.map(({ alert, labels }) => {
    const all = { ...EXAMPLE, ...installationOf(watchdog), ...labels, alertname: alert }
    return { alert, receivers: receiversOf(routing, all).filter((name) => tellsSomebody(routing, name)) }
  })
  return {
    receivers: reached.flatMap(({ receivers }) => receivers),
    unheard: reached.filter(({ receivers }) => receivers.length === 0).map(({ alert }) => alert),
  }
}

/** What alerts have from the books that they are about. */
const EXAMPLE: Labels = { strategy_id: 'strategy', account: 'account', calendar: 'XNYS' }

/** What an installation adds to all of its alerts, and routes may ask for, such as its cluster and namespace. */
function installationOf({ alertname, severity, category, ...rest }: Labels): Labels {
  return rest
}
