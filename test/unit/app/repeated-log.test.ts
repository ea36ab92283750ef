import { createMetricErrorLog, createRejectionLog } from '../../../src/app/repeated-log.js'
import type { FactRejection } from '../../../src/domain/facts.js'

const rejection: FactRejection = { kind: 'execution', id: 'e-1', reason: 'malformed', detail: 'side: bad' }

test('ten thousand rows rejected for one reason are one line now and one a minute later', () => {
  const lines: object[] = []
  let nowMs = 0
  const tell = createRejectionLog({ warn: (_, fields) => void lines.push(fields ?? {}) }, () => nowMs)
  for (let row = 0; row < 10_000; row += 1) tell('postgres', rejection)
  tell('postgres', { ...rejection, reason: 'no_account' })
  nowMs = 60_000
  tell('postgres', rejection)
  expect(lines).toEqual([
    { source: 'postgres', ...rejection },
    { source: 'postgres', ...rejection, reason: 'no_account' },
    { source: 'postgres', ...rejection, others: 9_999 },
  ])
})

test('a metric that throws at each tick is a line a minute, and hides no other', () => {
  const lines: object[] = []
  let nowMs = 0
  const tell = createMetricErrorLog({ error: (_, fields) => void lines.push(fields ?? {}) }, () => nowMs)
  for (; nowMs <= 60_000; nowMs += 1_000) tell('equity', new RangeError('equity is NaN'))
  tell('beta', new RangeError('beta is NaN'))
  expect(lines).toEqual([
    { metric: 'equity', error: expect.stringContaining('equity is NaN') },
    { metric: 'equity', error: expect.stringContaining('equity is NaN'), others: 59 },
    { metric: 'beta', error: expect.stringContaining('beta is NaN') },
  ])
})
