import { expectedSeries } from '../../../src/app/expected-series.js'
import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../../src/compute/dictionary.js'
import type { ExportRule } from '../../../src/domain/export-rule.js'
import { STATUSES } from '../../../src/domain/metric.js'
import { WINDOWS } from '../../../src/domain/window.js'

const rulesOf = (rule: Partial<ExportRule>) => new Map([['s', { windows: undefined, groups: undefined, ...rule }]])

test('an account has its two levels and its two metrics of every window beside what its books have', () => {
  const { total, aBook, anAccount } = expectedSeries({ s: 2, t: 1 }, 2, new Map())
  expect(ACCOUNT_DICTIONARY.filter(({ windows }) => windows === 'level')).toHaveLength(2)
  expect(anAccount).toBe(2 + 2 * WINDOWS.length)
  expect(aBook).toBeGreaterThan(anAccount)
  expect(total).toBe(3 * aBook + 2 * anAccount)
})

test('a book has less where its strategy exports fewer windows or groups', () => {
  const { aBook } = expectedSeries({}, 0, new Map())
  const totalOf = (rule: Partial<ExportRule>) => expectedSeries({ s: 1 }, 0, rulesOf(rule)).total
  const execution = DICTIONARY.filter(({ group }) => group === 'execution')
  const withoutExecution = totalOf({
    groups: ['performance', 'risk_adjusted', 'trades', 'exposure', 'pipeline'],
  })
  expect(execution.filter(({ windows }) => windows !== 'all')).toEqual([])
  const gauges = execution.reduce((count, { besides = [] }) => count + 1 + besides.length, 0)
  expect(aBook - withoutExecution).toBe(gauges * WINDOWS.length + WINDOWS.length * (1 + STATUSES.length))
  // Levels and the name stay, and of six windows in seven nothing.
  expect(totalOf({ windows: ['1d'] })).toBeLessThan(aBook / 4)
})
