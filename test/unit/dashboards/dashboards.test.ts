import { DASHBOARDS } from '../../../src/rules/links.js'
import { DASHBOARD_FILES, type DashboardPanel, interpolated, queriesOf } from '../../support/dashboards.js'
import { exposedFamilies, seriesIn } from '../../support/rules.js'

const VARIABLES = ['datasource', 'job', 'instance', 'strategy_id', 'account', 'window']
/** Of orders that have ended, which the scrape of this test has not; the demo has them. */
const ELSEWHERE = ['quant_fill_slippage_bps_bucket', 'quant_order_shortfall_bps_bucket']

function overlap(a: DashboardPanel['gridPos'], b: DashboardPanel['gridPos']): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

test('there is a file for each dashboard that rules link to', () => {
  expect(DASHBOARD_FILES.map(({ uid }) => uid).sort()).toEqual(Object.values(DASHBOARDS).sort())
})

describe.each(DASHBOARD_FILES)('$uid', (dashboard) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row')

  test('lies on a grid of 24 columns without overlaps', () => {
    for (const [index, { gridPos, title }] of dashboard.panels.entries()) {
      expect([title, gridPos.x >= 0 && gridPos.w > 0 && gridPos.x + gridPos.w <= 24]).toEqual([title, true])
      for (const other of dashboard.panels.slice(index + 1))
        expect([title, other.title, overlap(gridPos, other.gridPos)]).toEqual([title, other.title, false])
    }
  })

  test('numbers its panels and names their queries, all of the chosen data source', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_, index) => index + 1))
    for (const { title, targets = [] } of panels) {
      expect([title, targets.map(({ refId }) => refId)]).toEqual([title, [...'ABCDEFGHIJKL'].slice(0, targets.length)])
      expect(targets.every(({ datasource }) => datasource.uid === '$datasource')).toBe(true)
      expect(targets.length).toBeGreaterThan(0)
    }
  })

  test('gives every panel a title of its own, a unit, and a description that is worth opening', () => {
    for (const { title, description = '', fieldConfig } of panels) {
      expect(title).not.toBe('')
      expect([title, description.length > 60]).toEqual([title, true])
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.stringMatching(/./)])
    }
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  test('has the same variables in the same order as the others, and links that keep them', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(VARIABLES)
    expect(dashboard.links.map(({ url }) => url).sort()).toEqual(
      Object.values(DASHBOARDS)
        .filter((uid) => uid !== dashboard.uid)
        .map((uid) => `/d/${uid}`)
        .sort(),
    )
    expect(dashboard.links.every(({ includeVars, keepTime }) => includeVars && keepTime)).toBe(true)
    expect(dashboard.editable).toBe(false)
  })

  test('reads only series that an exporter has, and labels that they have', async () => {
    const families = await exposedFamilies()
    const ofPrometheus = ['job', 'instance']
    for (const { name, expr } of queriesOf(dashboard)) {
      for (const { name: series, matched } of seriesIn(interpolated(expr).replace(/"[^"]*"/g, '""'))) {
        if (ELSEWHERE.includes(series)) continue
        const labels = families.get(series)
        expect([name, series, labels !== undefined]).toEqual([name, series, true])
        const unknown = matched.filter((label) => !ofPrometheus.includes(label) && !labels?.has(label))
        expect([name, series, unknown]).toEqual([name, series, []])
      }
    }
  })
})
