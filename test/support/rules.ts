import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ACCOUNT_DICTIONARY } from '../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../src/compute/dictionary.js'
import { ONLY_SHARD } from '../../src/domain/shards.js'
import { Exposition } from '../../src/exporter/exposition.js'
import { SelfMetrics } from '../../src/exporter/self-metrics.js'
import type { AlertingRule, RecordingRule } from '../../src/rules/rule.js'
import { ruleGroups } from '../../src/rules/rule-groups.js'
import { accountFrame, frameReader } from './frames.js'
import { CALENDARS, evaluatorOf, judgedFrame, judgedSet, ok, TICK } from './policy.js'

export const GROUPS = ruleGroups({ runbooksUrl: 'docs/runbooks', grafanaUrl: '' }, DICTIONARY)
const RULES = GROUPS.flatMap(({ rules }) => rules)
export const ALERTS = RULES.filter((rule): rule is AlertingRule => 'alert' in rule)
export const RECORDS = RULES.filter((rule): rule is RecordingRule => 'record' in rule)
export const ALERT_NAMES = [...new Set(ALERTS.map(({ alert }) => alert))]

/** The labels of each family in a scrape of an exporter with both sources, both stores and one book. */
export async function exposedFamilies(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const selfMetrics = new SelfMetrics({
    version: '1',
    revision: 'a',
    shard: ONLY_SHARD,
    tiers: ['light', 'medium', 'heavy'],
  })
  selfMetrics.stores.expect('latest')
  selfMetrics.expectSource('postgres')
  selfMetrics.sourceSucceeded('postgres', 'hydrate', TICK, 1)
  selfMetrics.clockOffset('postgres', 0)
  selfMetrics.factRejected('postgres', 'unknown_side')
  selfMetrics.rowsReconciled('executions', 'late', 1)
  selfMetrics.rebased('PA-1', 'split')
  selfMetrics.expectStream()
  selfMetrics.stores.expectQueue('series')
  selfMetrics.stores.queued('series', 0, 0)
  selfMetrics.stores.writer(true)
  selfMetrics.tickCompleted('light', TICK, 1)
  const evaluator = evaluatorOf()
  const byAdapter = { alpaca: Object.fromEntries(DICTIONARY.map(({ name }) => [name, ok(0)])) }
  const results = Object.fromEntries(
    DICTIONARY.filter(({ besides }) => besides !== undefined).map(({ name, besides = [] }) => [
      name,
      ok(0, Object.fromEntries(besides.map(({ key, label }) => [key, label === undefined ? 0 : { part: 0 }]))),
    ]),
  )
  const frame = judgedFrame(TICK, { byAdapter, results })
  evaluator.remember([])
  evaluator.tick(judgedSet(TICK, [frame]), () => true)
  evaluator.compareOverrides([])
  const exposition = new Exposition({
    reader: frameReader({ books: [frame], accounts: [accountFrame()], now: TICK }),
    ...{ dictionary: DICTIONARY, accountDictionary: ACCOUNT_DICTIONARY, calendars: CALENDARS },
    ...{ selfMetrics, policies: evaluator, maxSeries: 150_000 },
    wallNow: () => TICK,
    lastTickAt: () => TICK,
    onError: (error) => {
      throw error
    },
  })
  const families = new Map<string, Set<string>>()
  for (const line of Buffer.concat(await exposition.plain())
    .toString()
    .split('\n')) {
    const [, name = '', labels = ''] = /^([a-z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? []
    if (name === '') continue
    const known = families.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label)
    families.set(name, known)
  }
  return families
}

/** What an expression reads: names of series, each with the labels that are matched on it. */
export function seriesIn(expr: string): { name: string; matched: string[] }[] {
  const bare = expr
    .replace(/\b(by|without|on|ignoring|group_left|group_right) \([^)]*\)/g, ' ')
    .replace(/\[\w+\]/g, ' ')
  return [...bare.matchAll(/([a-zA-Z_][\w:]*)(\{[^}]*\})?(?!\w*\()/g)]
    .map(([, name = '', matchers = '']) => ({
      name,
      matched: [...matchers.matchAll(/(\w+)=/g)].map(([, label = '']) => label),
    }))
    .filter(({ name }) => name.includes('quant'))
}

export interface PromtoolCase {
  readonly eval_time: string
  readonly alertname: string
  readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[]
}

export const PROMTOOL_FOLDER = 'prometheus-rules/tests'
export const PROMTOOL_FILES = readdirSync(PROMTOOL_FOLDER).filter((name) => name.endsWith('.yaml'))

/** What promtool is asked about alerts, of all files. */
export function promtoolCases(): readonly PromtoolCase[] {
  return PROMTOOL_FILES.flatMap((name) => {
    const { tests }: { tests: { alert_rule_test?: PromtoolCase[] }[] } = parse(
      readFileSync(`${PROMTOOL_FOLDER}/${name}`, 'utf8'),
    )
    return tests.flatMap((test) => test.alert_rule_test ?? [])
  })
}
