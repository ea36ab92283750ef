// Which alerts were told, and whether each was right.
import { STANDING_ALERT } from './settings.mjs'

/** The heartbeat is no alert; and the exporter's clock is shifted by days, Prometheus' is not, whose rules compare the two. */
const OF_THE_SOAK = ['QuantWatchdog', 'QuantClockSkew', 'QuantFramesMissing']

/** What a machine that is too busy for all these processes rightly brings about; not judged where levels are not. */
const OF_SLOWNESS = [
  ...['QuantFramesMissing', 'QuantPipelineLagHigh', 'QuantSourceDown', 'QuantTaSignalsStale', 'QuantComputeSlow'],
  ...['QuantExporterDown', 'QuantNotReady', 'QuantStoreFailing', 'QuantPolicyDisagrees'],
]

/** Alerts stay for this long after what they tell of, by the rules' keep_firing_for, scrapes and groups. */
const LINGERS_MS = 240_000

/** Adds to each played fault what was told falsely in its time, and gives what holds of the run as a whole. */
export function judgeAlerts({ alerting, recorder }, played, { isReportOnly }) {
  const firing = alerting.notices.flatMap(({ alerts, receivedMs }) =>
    alerts
      .filter(({ status }) => status === 'firing')
      .map(({ labels }) => ({ name: labels.alertname, labels, receivedMs })),
  )
  const known = new Set([STANDING_ALERT, ...OF_THE_SOAK, ...(isReportOnly ? OF_SLOWNESS : [])])
  const falseAlerts = firing
    .filter(({ name }) => !known.has(name))
    .filter(({ name, receivedMs }) => !played.some((fault) => explains(fault, name, receivedMs)))
  const ended = alerting.notices.flatMap(({ alerts }) =>
    alerts.filter(({ status, labels }) => status === 'resolved' && labels.alertname === STANDING_ALERT),
  )
  for (const fault of played) {
    const missing = fault.mustAlert.filter(
      (name) => !firing.some((one) => one.name === name && one.receivedMs > fault.beganMs),
    )
    if (missing.length > 0) fault.problems.push(`nobody was told ${missing.join(', ')}`)
  }
  const wasTold = firing.some(({ name }) => name === STANDING_ALERT)
  return {
    told: Object.entries(countBy(firing)).map(([name, notices]) => ({ name, notices })),
    problems: [
      ...[...new Set(falseAlerts.map(({ name }) => name))].map(
        (name) => `${name} was told, and nothing was the matter: ${timesOf(falseAlerts, name, recorder)}`,
      ),
      ...new Set(
        (isReportOnly ? [] : ended).map(({ labels }) => `${labels.alertname} was told to be over, and it is not`),
      ),
      ...(wasTold ? [] : [`${STANDING_ALERT} was never told`]),
    ],
  }
}

function explains(fault, name, receivedMs) {
  const overMs = fault.beganMs + fault.lastedSeconds * 1000
  return fault.mayAlert.includes(name) && receivedMs >= fault.beganMs && receivedMs <= overMs + LINGERS_MS
}

/** When, in seconds of the run as the faults' beginnings are, and of which books. */
function timesOf(alerts, name, recorder) {
  const toSeconds = (ms) => Math.round(recorder.seconds() - (performance.now() - ms) / 1000)
  return alerts
    .filter((alert) => alert.name === name)
    .map(({ receivedMs, labels }) => `${toSeconds(receivedMs)} s (${labels.strategy_id ?? labels.calendar ?? 'all'})`)
    .join(', ')
}

function countBy(alerts) {
  const counts = {}
  for (const { name } of alerts) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
