import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { hasProgram } from '../support/programs.js'
import { ALERTS, GROUPS, PROMTOOL_FILES, PROMTOOL_FOLDER } from '../support/rules.js'

const withPromtool = hasProgram('promtool', 'prometheus') ? describe : describe.skip

function promtool(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

withPromtool('promtool', () => {
  test('accepts the rules', () => {
    const { status, said } = promtool('check', 'rules', 'prometheus-rules/out/quant-exporter.rules.yaml')
    expect([status, said]).toEqual([0, expect.stringContaining('SUCCESS')])
  })

  test.each(PROMTOOL_FILES)('finds the alerts of %s as they are meant', (name) => {
    expect(promtool('test', 'rules', `${PROMTOOL_FOLDER}/${name}`)).toEqual({
      status: 0,
      said: expect.not.stringContaining('FAILED'),
    })
  })
})

test('the resources of the operator hold the same groups as the plain file', () => {
  const plain = parse(readFileSync('prometheus-rules/out/quant-exporter.rules.yaml', 'utf8'))
  const resources = GROUPS.map(({ name }) => {
    const { kind, spec } = parse(readFileSync(`prometheus-rules/out/${name}.prometheusrule.yaml`, 'utf8'))
    expect(kind).toBe('PrometheusRule')
    return spec.groups
  })
  expect(resources.flat()).toEqual(plain.groups)
})

interface Route {
  readonly group_interval?: string
  readonly routes?: readonly Route[]
}

function seconds(duration: string | undefined): number {
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(duration ?? '') ?? []
  return Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? Number.NaN)
}

test('the notice that a data alert is over leaves before its inhibitor starts', () => {
  const { route }: { route: Route } = parse(readFileSync('alertmanager/alertmanager.yaml', 'utf8'))
  const intervalsOf = (one: Route): number[] => [
    ...(one.group_interval === undefined ? [] : [seconds(one.group_interval)]),
    ...(one.routes ?? []).flatMap(intervalsOf),
  ]
  const groupInterval = Math.max(...intervalsOf(route))
  const evaluation = Math.max(...GROUPS.map(({ interval }) => seconds(interval)))
  const [inhibitor] = ALERTS.filter(({ alert }) => alert === 'QuantMarketSessionClosed')
  const targets = ALERTS.filter(({ labels }) => labels.session_aware === 'true')
  const kept = Math.max(
    ...targets.map((rule) => (rule.keep_firing_for === undefined ? 0 : seconds(rule.keep_firing_for))),
  )
  expect(kept).toBe(120)
  expect(groupInterval).toBe(60)
  expect(inhibitor?.keep_firing_for).toBeUndefined()
  expect(seconds(inhibitor?.for)).toBeGreaterThan(kept + groupInterval + 2 * evaluation)
})
