import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import {
  type Labels,
  readRouting,
  receiversOf,
  tellsSomebody,
  UnknownMatcher,
} from '../../../../src/app/doctor/routes.js'
import { hasProgram } from '../../../support/programs.js'
import { ALERTS } from '../../../support/rules.js'

const withAmtool = hasProgram('amtool', 'prometheus-alertmanager') ? describe : describe.skip

function routingOf(text: string) {
  const routing = readRouting(text)
  if (routing === undefined) throw new Error('this is no configuration')
  return routing
}

/** Every way that routes may be written, in an order in which each matters. */
const ODD = stringify({
  route: {
    receiver: 'root',
    routes: [
      { receiver: 'copy', matchers: ['severity=~"crit.*"'], continue: true },
      {
        matchers: ['{team="quant", category!~"data|meta"}'],
        receiver: 'books',
        routes: [
          { match: { severity: 'warning' }, receiver: 'legacy' },
          { match_re: { account: 'a.*' }, receiver: 'legacy-expression' },
        ],
      },
      { matchers: ['namespace = prod', 'strategy_id!="x,\\"y"'], receiver: 'prod' },
      { matchers: ['absent=""', 'category="meta"'], routes: [{ matchers: ['severity=none'], receiver: 'nobody' }] },
      { matchers: ['category=~"dat"'], receiver: 'not-whole' },
    ],
  },
  receivers: ['root', 'copy', 'books', 'legacy', 'legacy-expression', 'prod', 'nobody', 'not-whole'].map((name) => ({
    name,
  })),
})

withAmtool('routes, judged as amtool judges them', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-routes-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const shipped = readFileSync('alertmanager/examples/webhook.yaml', 'utf8')
  test.each([
    ['as shipped', shipped, {}],
    ['written in odd ways', ODD, {}],
    ['written in odd ways, with other labels', ODD, { namespace: 'prod', account: 'b', strategy_id: 'x' }],
  ])(
    '%s',
    (_, text, more: Labels) => {
      const path = join(folder, 'alertmanager.yaml')
      writeFileSync(path, text)
      const routing = routingOf(text)
      for (const { alert, labels } of ALERTS) {
        const all = { strategy_id: 's', account: 'a', calendar: 'XNYS', ...labels, ...more, alertname: alert }
        const words = Object.entries(all).map(([name, value]) => `${name}=${value}`)
        const { stdout, status } = spawnSync(
          'amtool',
          ['config', 'routes', 'test', `--config.file=${path}`, ...words],
          {
            encoding: 'utf8',
          },
        )
        expect(status).toBe(0)
        expect({ alert, receivers: receiversOf(routing, all).join(',') }).toEqual({ alert, receivers: stdout.trim() })
      }
    },
    120_000,
  )
})

test('a receiver tells somebody when it has an integration', () => {
  const routing = routingOf(
    stringify({
      route: { receiver: 'mute' },
      receivers: [
        { name: 'mute' },
        { name: 'empty', slack_configs: [] },
        { name: 'mail', email_configs: [{ to: 'a@b' }] },
      ],
    }),
  )
  expect(['mute', 'empty', 'mail', 'nobody'].map((name) => tellsSomebody(routing, name))).toEqual([
    false,
    false,
    true,
    false,
  ])
})

test('what cannot be judged is said, and never taken for a match or for none', () => {
  const routed = (matcher: string) => () =>
    receiversOf(
      routingOf(stringify({ route: { receiver: 'a', routes: [{ matchers: [matcher] }] }, receivers: [] })),
      {},
    )
  expect(routed('team')).toThrow(UnknownMatcher)
  expect(routed('team=~"(?P<name>x)"')).toThrow(UnknownMatcher)
  expect(readRouting('receivers: []')).toBeUndefined()
  expect(readRouting('- 1')).toBeUndefined()
})
