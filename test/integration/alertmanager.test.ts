import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { AlertingRule } from '../../src/rules/rule.js'
import { hasProgram } from '../support/programs.js'
import { ALERTS } from '../support/rules.js'

const CONFIG = 'alertmanager/alertmanager.yaml'
const EXAMPLE = 'alertmanager/examples/webhook.yaml'
const withAmtool = hasProgram('amtool', 'prometheus-alertmanager') ? describe : describe.skip

function amtool(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('amtool', words, { encoding: 'utf8' })
  return { status, said: stdout.trim(), complained: stderr.trim() }
}

/** Who hears of an alert, by what ALERTS says of severities and categories. */
function receiverOf({ alert, labels: { severity, category } }: AlertingRule): string {
  if (alert === 'QuantWatchdog') return 'dead-mans-switch'
  if (severity === 'none') return 'null'
  if (severity === 'critical') return 'pager'
  return category === 'data' || category === 'meta' ? 'operations-chat' : 'quant-chat'
}

withAmtool('Alertmanager’s configuration', () => {
  test.each([CONFIG, EXAMPLE])('%s is accepted', (path) => {
    expect(amtool('check-config', path)).toMatchObject({ status: 0 })
  })

  test.each(ALERTS.map((rule) => [rule.alert, rule.labels.severity, rule] as const))(
    'sends %s, %s, where it belongs',
    (_, __, rule) => {
      const book = { strategy_id: 's-1', account: 'live', calendar: 'XNYS' }
      const labels = Object.entries({ alertname: rule.alert, ...book, ...rule.labels })
      const words = labels.map(([name, value]) => `${name}=${value}`)
      expect(amtool('config', 'routes', 'test', `--config.file=${CONFIG}`, ...words)).toMatchObject({
        said: receiverOf(rule),
      })
    },
  )

  test('leaves alerts of others alone', () => {
    const words = ['alertname=Other', 'severity=critical', 'category=data']
    expect(amtool('config', 'routes', 'test', `--config.file=${CONFIG}`, ...words).said).toBe('default')
  })
})

interface Route {
  readonly matchers?: readonly string[]
  readonly receiver: string
  readonly group_by?: readonly string[]
  readonly group_wait?: string
  readonly group_interval?: string
  readonly repeat_interval?: string
  readonly routes?: readonly Route[]
}
interface Inhibition {
  readonly source_matchers: readonly string[]
  readonly target_matchers: readonly string[]
  readonly equal?: readonly string[]
}
interface Configuration {
  readonly route: Route
  readonly inhibit_rules: readonly Inhibition[]
}

const configuration: Configuration = parse(readFileSync(CONFIG, 'utf8'), { merge: true })

describe('the route of quant alerts', () => {
  const [quant] = configuration.route.routes ?? []

  test('waits ten seconds, gathers for a minute, repeats twice a day', () => {
    expect(quant).toMatchObject({ group_wait: '10s', group_interval: '1m', repeat_interval: '12h' })
  })

  test('makes one page of machinery, and one a book of the rest', () => {
    const kept = (quant?.routes ?? []).map(({ receiver, group_by, repeat_interval }) => [
      receiver,
      group_by?.join(),
      repeat_interval,
    ])
    expect(kept).toEqual([
      ['dead-mans-switch', 'alertname,cluster,namespace', '1m'],
      ['null', undefined, undefined],
      ['pager', 'team', '4h'],
      ['pager', 'alertname,strategy_id,account', '24h'],
      ['pager', 'alertname,strategy_id,account', '4h'],
      ['operations-chat', 'alertname,calendar', undefined],
    ])
  })
})

describe('inhibitions', () => {
  const rules = configuration.inhibit_rules

  test('ask on both sides for every label that has to be equal, since missing on both counts as equal', () => {
    for (const { source_matchers, target_matchers, equal = [] } of rules)
      for (const label of equal)
        for (const matchers of [source_matchers, target_matchers]) expect(matchers).toContain(`${label}!=""`)
  })

  test('come from what is critical, save that the market is closed', () => {
    for (const { source_matchers } of rules.filter(({ source_matchers: [first] }) => !first?.includes('SessionClosed')))
      expect(source_matchers).toContain('severity="critical"')
  })

  test('never hold back limits of books', () => {
    const ofBooks = ALERTS.filter(({ labels }) => ['strategy', 'execution', 'risk_limit'].includes(labels.category))
    expect(ofBooks.length).toBeGreaterThan(5)
    for (const { labels } of ofBooks)
      expect([labels.session_aware, labels.category]).toEqual(['false', expect.anything()])
    for (const { target_matchers } of rules)
      expect(target_matchers.some((one) => one === 'category="data"' || one === 'session_aware="true"')).toBe(true)
  })
})

test('the example tells the same by the same routes', () => {
  const { route, inhibit_rules }: Configuration = parse(readFileSync(EXAMPLE, 'utf8'))
  expect({ route, inhibit_rules }).toEqual({ route: configuration.route, inhibit_rules: configuration.inhibit_rules })
})

test('one file alone is a configuration by its place', () => {
  expect(readdirSync('alertmanager').filter((name) => /\.ya?ml$/.test(name))).toEqual(['alertmanager.yaml'])
})

withAmtool('messages', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-messages-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const alert = {
    status: 'firing',
    labels: {
      ...{ alertname: 'QuantDrawdownOverLimit', severity: 'critical', policy: 'max_drawdown_1d' },
      ...{ metric_name: 'max_drawdown', window: '1d', strategy_id: 's-1', account: 'live' },
    },
    annotations: {
      summary: 'Drawdown is over its limit.',
      description: 'Drawdown of s-1 in live: 6.2%, limit 5%.',
      runbook_url: 'https://runbooks.example/QuantDrawdownOverLimit.md',
      dashboard_url: 'https://grafana.example/d/quant-scoreboard',
    },
    startsAt: '2026-03-10T16:00:00Z',
    endsAt: '2026-03-10T16:20:00Z',
    generatorURL: 'https://prometheus.example/graph',
  }

  function render(name: string, status: string, alerts: readonly object[]): string {
    const data = join(folder, 'data.json')
    const of = {
      status,
      externalURL: 'https://alerts.example',
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
    }
    const common =
      alerts.length === 1
        ? { commonLabels: alert.labels, commonAnnotations: alert.annotations }
        : { commonLabels: { team: 'quant' } }
    writeFileSync(data, JSON.stringify({ ...of, ...common, alerts }))
    const argument = name === 'page' ? '.Alerts' : '.'
    const text = `{{ template "quant.${name}" ${argument} }}`
    return amtool(
      ...['template', 'render', '--template.glob=alertmanager/templates/*.tmpl'],
      ...[`--template.data=${data}`, `--template.text=${text}`],
    ).said
  }

  test('say in the title how bad it is, what, and of what', () => {
    expect(render('title', 'firing', [alert])).toBe('CRITICAL: Drawdown is over its limit. (s-1 in live)')
    expect(render('title', 'resolved', [{ ...alert, status: 'resolved' }])).toBe(
      'Resolved: Drawdown is over its limit. (s-1 in live)',
    )
    expect(render('title', 'firing', [alert, alert])).toBe('CRITICAL: 2 firing, 0 over')
  })

  test.each(['chat', 'page'])('say in a %s since when, which limit, what to do and where to look', (name) => {
    const text = render(name, 'firing', [alert])
    for (const part of [
      'QuantDrawdownOverLimit',
      'critical',
      '6.2%, limit 5%',
      'Since 2026-03-10 16:00:00 UTC',
      'Limit: max_drawdown_1d, of max_drawdown over 1d.',
      'What to do: https://runbooks.example/QuantDrawdownOverLimit.md',
      'Dashboard: https://grafana.example/d/quant-scoreboard',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('over since')
    expect(render(name, 'resolved', [{ ...alert, status: 'resolved' }])).toContain('over since 2026-03-10 16:20:00 UTC')
  })

  test('of many alerts a page names ten and the number', () => {
    const text = render(
      'page',
      'firing',
      Array.from({ length: 50 }, () => alert),
    )
    expect(text.match(/Since/g)).toHaveLength(10)
    expect(text).toContain('and 50 in all')
  })

  test('lead to a silence of just this alert', () => {
    expect(render('silence', 'firing', [alert])).toContain(
      'https://alerts.example/#/silences/new?filter=%7Balertname%3D%22QuantDrawdownOverLimit%22',
    )
  })
})
