import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { DASHBOARD_FILES, interpolated, queriesOf } from '../support/dashboards.js'
import { hasProgram } from '../support/programs.js'

const withPromtool = hasProgram('promtool', 'prometheus') ? test : test.skip

withPromtool('Prometheus can parse every expression of every dashboard (package prometheus)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-dashboards-'))
  try {
    const exprs = DASHBOARD_FILES.flatMap((dashboard) => [
      ...queriesOf(dashboard).map(({ expr }) => expr),
      ...dashboard.annotations.list.flatMap(({ expr }) => (expr === undefined ? [] : [expr])),
    ])
    expect(exprs.length).toBeGreaterThan(100)
    const rules = exprs.map((expr, index) => ({ record: `dashboard:query_${index}`, expr: interpolated(expr) }))
    const file = join(folder, 'rules.yaml')
    writeFileSync(file, stringify({ groups: [{ name: 'dashboards', rules }] }))
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
    expect([status, `${stdout}${stderr}`]).toEqual([0, expect.stringContaining(`SUCCESS: ${rules.length} rules`)])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
