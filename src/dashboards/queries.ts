import { adapterGaugeOf } from '../domain/metric.js'
import type { PolicyCategory, PolicyKey } from '../policy/catalogue.js'
import { ALL_POLICIES, POLICIES } from '../policy/catalogue.js'
import { acrossProcesses, by, on } from '../rules/promql.js'
import type { ShownMetric } from './shown-metrics.js'

/** What every query of the exporter's own series is held to. */
const PROCESS = 'job=~"$job", instance=~"$instance"'
const BOOK = `${PROCESS}, strategy_id=~"$strategy_id", account=~"$account"`
/** Risk-adjusted figures of less than an hour are noise, and left out. */
const NO_SHORT_WINDOWS = 'window!~"1m|5m|15m"'

/** A series about the exporter: `own('quant_source_up', 'source="postgres"')`. */
export function own(series: string, ...matchers: readonly string[]): string {
  return `${series}{${[PROCESS, ...matchers].join(', ')}}`
}

/** A series of the books that are chosen. */
export function ofBooks(series: string, ...matchers: readonly string[]): string {
  return `${series}{${[BOOK, ...matchers].join(', ')}}`
}

/** A metric of the chosen books in the chosen window, once a book, whichever process tells it. */
export function metricOf({ windows, group, prometheus }: ShownMetric, ...matchers: readonly string[]): string {
  const ofWindow = windows === 'level' ? [] : ['window="$window"']
  const longEnough = windows !== 'level' && group === 'risk_adjusted' && !prometheus.includes('drawdown')
  const held = [...ofWindow, ...(longEnough ? [NO_SHORT_WINDOWS] : []), ...matchers]
  return acrossProcesses(ofBooks(prometheus, ...held))
}

/** Adds the strategy's name; one that is renamed in the middle has one name only. */
export function named(expr: string): string {
  const names = `max ${by('strategy_id', 'account', 'strategy')} (${ofBooks('quant_strategy_info')})`
  return `(${expr}) * ${on('strategy_id', 'account')} group_left (strategy) topk ${by('strategy_id', 'account')} (1, ${names})`
}

/** How the line of a book is called. */
export const BOOK_LEGEND = '{{strategy}} · {{account}}'

/** For tables: nothing but the book, so that columns find each other. */
export function perBook(expr: string): string {
  return `max ${by('strategy_id', 'account', 'strategy')} (${named(expr)})`
}

/** Seconds since an instant of T's clock, which in a demo or a replay is not the wall clock. */
export function ageOf(instant: string): string {
  return `scalar(max(${own('quant_clock_timestamp_seconds')})) - ${instant}`
}

/** The age of an instant of the wall clock, when it was scraped. */
export function ageAtScrape(instant: string): string {
  return `timestamp(${instant}) - ${instant}`
}

/** A limit for a chart: where books have their own, the one that is reached first. */
export function limitOf(policy: PolicyKey): string {
  const strictest = POLICIES[policy].breaches === 'above' ? 'min' : 'max'
  return `${strictest} by (policy) (${ofBooks('quant_policy_threshold', `policy="${policy}"`)})`
}

/** Matches the policies of categories. */
export function policiesOf(...categories: readonly PolicyCategory[]): string {
  const keys = ALL_POLICIES.filter(({ category }) => categories.includes(category)).map(({ key }) => key)
  return `policy=~"${keys.join('|')}"`
}

/** How much of its limit a book uses: 1 is the limit itself. Only where more is worse, and the limit is above 0. */
export function limitUse(...categories: readonly PolicyCategory[]): string {
  const keys = ALL_POLICIES.filter(
    ({ category, breaches, judged }) => categories.includes(category) && breaches === 'above' && judged !== 'frame_age',
  ).map(({ key }) => key)
  const of = (series: string) => acrossProcesses(ofBooks(series, `policy=~"${keys.join('|')}"`))
  return `${of('quant_policy_observed')} / (${of('quant_policy_threshold')} > 0)`
}

/** Per second, over whatever the chart's resolution needs. */
export function rateOf(counter: string): string {
  return `rate(${counter}[$__rate_interval])`
}

/** Where nothing was observed there is no quantile: no value, rather than NaN. */
export function quantileOf(quantile: number, histogram: string, ...labels: readonly string[]): string {
  return `histogram_quantile(${quantile}, sum by (${['le', ...labels].join(', ')}) (${rateOf(histogram)})) >= 0`
}

/** A metric of the chosen accounts. */
export function ofAccounts({ windows, prometheus }: ShownMetric): string {
  const ofWindow = windows === 'level' ? '' : ', window="$window"'
  return acrossProcesses(`${prometheus}{${PROCESS}, account=~"$account"${ofWindow}}`)
}

/** A metric of the chosen books, for each adapter apart. */
export function adaptersOf(metric: ShownMetric): string {
  return acrossProcesses(ofBooks(adapterGaugeOf(metric), 'window="$window"'))
}
