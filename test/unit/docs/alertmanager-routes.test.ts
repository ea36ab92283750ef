import { readFileSync } from 'node:fs'
import { alertmanagerRoutes } from '../../../src/docs/alertmanager-routes.js'

const configurationWith = (matcher: string, route = '') => `
route: { receiver: default, routes: [{ receiver: chat, matchers: ['${matcher}'], group_by: [team]${route} }] }
inhibit_rules: [{ source_matchers: ['a="b"'], target_matchers: ['c=~"d|e"'], equal: [f] }]
`

test('routes and inhibitions are said as the operator says them', () => {
  expect(
    alertmanagerRoutes(configurationWith('team!="quant"', ', routes: [{ receiver: pager, repeat_interval: 4h }]')),
  ).toEqual({
    route: {
      receiver: 'chat',
      matchers: [{ name: 'team', matchType: '!=', value: 'quant' }],
      groupBy: ['team'],
      routes: [{ receiver: 'pager', repeatInterval: '4h' }],
    },
    inhibitRules: [
      {
        sourceMatch: [{ name: 'a', matchType: '=', value: 'b' }],
        targetMatch: [{ name: 'c', matchType: '=~', value: 'd|e' }],
        equal: ['f'],
      },
    ],
  })
})

test.each([
  ['a matcher that it cannot read', configurationWith('team=quant')],
  ['a key that it does not translate', configurationWith('team="quant"', ', continue: true')],
])('%s is refused, not left out', (_what, configuration) => {
  expect(() => alertmanagerRoutes(configuration)).toThrow()
})

test('the shipped configuration has as many inhibitions as before', () => {
  const text = readFileSync('alertmanager/alertmanager.yaml', 'utf8')
  const { inhibitRules } = alertmanagerRoutes(text) as { inhibitRules: readonly object[] }
  expect(inhibitRules).toHaveLength(text.match(/source_matchers:/g)?.length ?? 0)
})
