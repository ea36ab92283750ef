import { createIncidentControl } from '../../../src/app/incident-control.js'
import type { IncidentName } from '../../../src/domain/incident.js'

const START = Date.parse('2026-11-20T19:30:00Z')

function testControl({ withDatabase = true, speed = 1 } = {}) {
  const calls: unknown[] = []
  const clock = { speed, at: START, now: () => clock.at }
  const control = createIncidentControl({
    clock,
    simulator: {
      startAt: START,
      startIncident: (name, at, until) => void calls.push(['start', name, at - START, until - START]),
      stopIncident: (name, at) => void calls.push(['stop', name, at - START]),
    },
    setDatabaseDown: withDatabase ? async (isDown) => void calls.push(['database', isDown ? 'down' : 'up']) : undefined,
    log: { error: (message) => void calls.push(message) },
  })
  const stateOf = (name: IncidentName) => control.list().find((state) => state.name === name)
  return { clock, control, calls, stateOf }
}

test('passes on what the simulation can do, with its end', async () => {
  const { clock, control, calls } = testControl()
  clock.at = START + 1_000
  await control.start('drawdown', 5_000)
  await control.start('slippage')
  clock.at = START + 2_000
  await control.stop('slippage')
  expect(calls).toEqual([
    ['start', 'drawdown', 1_000, 6_000],
    ['start', 'slippage', 1_000, Number.POSITIVE_INFINITY],
    ['stop', 'slippage', 2_000],
  ])
})

test('is off again when its time is over, and keeps its beginning when it is prolonged', async () => {
  const { clock, control, stateOf } = testControl()
  await control.start('feed-pause', 5_000)
  clock.at = START + 4_000
  await control.start('feed-pause', 5_000)
  expect(stateOf('feed-pause')).toEqual({ name: 'feed-pause', isOn: true, since: START, until: START + 9_000 })
  clock.at = START + 9_000
  expect(stateOf('feed-pause')).toEqual({ name: 'feed-pause', isOn: false, since: undefined, until: undefined })
})

test('begins no earlier than the live time of the simulation', async () => {
  const { clock, control, calls } = testControl()
  clock.at = START - 60_000
  await control.start('signal-gap', 1_000)
  expect(calls).toEqual([['start', 'signal-gap', 0, 1_000]])
})

test('brings the database down, and up again when it is stopped or its time is over', async () => {
  const { control, calls, stateOf } = testControl({ speed: 100 })
  await control.start('db-down')
  expect(stateOf('db-down')?.isOn).toBe(true)
  await control.stop('db-down')
  expect(stateOf('db-down')?.isOn).toBe(false)
  // Two simulated seconds are 20 ms.
  await control.start('db-down', 2_000)
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(calls).toEqual([
    ['database', 'down'],
    ['database', 'up'],
    ['database', 'down'],
    ['database', 'up'],
  ])
  expect(stateOf('db-down')?.isOn).toBe(false)
})

test('leaves no timer behind when it is released', async () => {
  const { control, calls } = testControl({ speed: 100 })
  await control.start('db-down', 5_000)
  control.release()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(calls).toEqual([['database', 'down']])
})

test('has no incident of a database that is not its own', () => {
  expect(testControl({ withDatabase: false }).control.names).not.toContain('db-down')
  expect(testControl().control.names).toContain('db-down')
})
