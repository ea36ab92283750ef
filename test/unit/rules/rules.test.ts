import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { POLICIES, POLICY_KEYS } from '../../../src/policy/catalogue.js'
import { ALERT_NAMES, ALERTS, exposedFamilies, GROUPS, promtoolCases, RECORDS, seriesIn } from '../../support/rules.js'
import { runbookCommands } from '../../support/runbooks.js'

/** Labels that Prometheus or the cluster adds. */
const OF_TARGETS = ['cluster', 'namespace']
const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation']

describe('the rules', () => {
  let families: ReadonlyMap<string, ReadonlySet<string>>
  beforeAll(async () => {
    families = await exposedFamilies()
  })

  test.each([...ALERTS, ...RECORDS].map((rule) => ['alert' in rule ? rule.alert : rule.record, rule.expr]))(
    '%s reads series that exist, by labels that they have',
    (_, expr) => {
      const series = seriesIn(expr)
      expect(series).not.toEqual([])
      const recorded = RECORDS.map(({ record }) => record)
      for (const { name, matched } of series.filter((one) => !recorded.includes(one.name))) {
        expect([...families.keys()]).toContain(name)
        expect([...(families.get(name) ?? [])]).toEqual(expect.arrayContaining(matched))
      }
    },
  )

  test('group and join by labels that some series has', () => {
    const all = new Set([...OF_TARGETS, ...[...families.values()].flatMap((labels) => [...labels])])
    for (const { expr } of ALERTS)
      for (const [, labels = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
        for (const label of labels.split(', ').filter((name) => name !== '')) expect(all).toContain(label)
  })

  test.each(ALERTS.map((rule) => [rule.alert, rule] as const))('%s compares something', (_, { expr }) => {
    expect(expr).toMatch(/ (==|>|<|>=|<=) |absent\(/)
  })

  test.each(ALERTS.map((rule) => [rule.alert, rule] as const))('%s has labels without values', (_, { labels }) => {
    for (const text of Object.values(labels)) expect(text).not.toContain('{{')
    expect(labels).toMatchObject({ team: 'quant', severity: expect.any(String), category: expect.any(String) })
    expect(labels.notify === 'email').toBe(labels.severity === 'critical')
  })

  test.each(ALERTS.map((rule) => [rule.alert, rule] as const))(
    '%s keeps the labels that its messages name',
    (_, { expr, annotations }) => {
      const texts = Object.values(annotations).join(' ')
      const asked = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
      const optional = [...texts.matchAll(/with \$labels\.(\w+)/g)].map(([, label = '']) => label)
      const [, how, list = ''] = /\b(by|without) \(([^)]*)\)/.exec(expr) ?? []
      for (const label of asked.filter((name) => !optional.includes(name) && !OF_TARGETS.includes(name))) {
        const kept = list.split(', ').includes(label) === (how === 'by')
        expect([label, kept]).toEqual([label, true])
      }
    },
  )

  test('read alerts that are of a book by name and of no process', () => {
    for (const { labels, expr } of ALERTS) {
      expect(expr).not.toMatch(/\bjob=/)
      if (labels.category === 'meta' || labels.category === 'data') continue
      expect(expr).toMatch(/^max without \(instance, pod, .*shard, replica, freshness, formula_version\)/)
    }
  })

  test('are at most twenty in a group, of two spaces of indentation', () => {
    for (const { rules } of GROUPS) expect(rules.length).toBeLessThanOrEqual(20)
  })

  test('are one for each policy, by the name, severity and category that the catalogue gives it', () => {
    for (const key of POLICY_KEYS) {
      const { alert, severity, category, isSessionAware } = POLICIES[key]
      expect(ALERTS.filter((rule) => rule.alert === alert)).toMatchObject([
        { labels: { severity, category, session_aware: String(isSessionAware) }, keep_firing_for: '2m' },
      ])
    }
  })

  test('hold back alerts that know sessions while the market is closed, and no other', () => {
    const closed = 'unless on (calendar) (max by (calendar) (quant_market_session_open) == 0)'
    for (const { labels, expr } of ALERTS) expect(expr.endsWith(closed)).toBe(labels.session_aware === 'true')
  })
})

describe.each(ALERT_NAMES)('%s', (alert) => {
  test('is tried by promtool where it fires and where it is silent', () => {
    const cases = promtoolCases().filter(({ alertname }) => alertname === alert)
    expect(cases.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true)
    expect(cases.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true)
  })

  test('has a runbook: meaning, impact, diagnosis with something to paste, mitigation', () => {
    const path = `docs/runbooks/${alert}.md`
    expect(existsSync(path)).toBe(true)
    const text = readFileSync(path, 'utf8')
    expect(text.split('\n')[0]).toBe(`# ${alert}`)
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS)
    expect(text).toMatch(/```(promql|sh)\n/)
  })

  test('has a runbook whose queries read series that exist', async () => {
    const path = `docs/runbooks/${alert}.md`
    const families = await exposedFamilies()
    const text = readFileSync(path, 'utf8')
    const queries = [...text.matchAll(/```promql\n([\s\S]*?)```/g)].map(([, query = '']) => query)
    const recorded = RECORDS.map(({ record }) => record)
    for (const { name, matched } of queries.flatMap(seriesIn).filter((one) => !recorded.includes(one.name))) {
      const base = name.replace(/_(bucket|sum|count)$/, '')
      const labels = families.get(name) ?? families.get(base) ?? families.get(`${base}_bucket`)
      expect([name, labels !== undefined]).toEqual([name, true])
      expect([...(labels ?? []), ...OF_TARGETS]).toEqual(expect.arrayContaining(matched))
    }
  })
})

test('what runbooks have people look for in the log is what the log says', () => {
  const { logPhrases } = runbookCommands()
  const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`src/${name}`, 'utf8'))
    .join('\n')
  expect(logPhrases.length).toBeGreaterThanOrEqual(2)
  expect(logPhrases.filter((phrase) => !source.includes(phrase))).toEqual([])
})
