import { parseQuantConfig } from '../../../src/config/quant-config-file.js'
import { dayNumber } from '../../../src/domain/civil-day.js'

function read(rules: string) {
  const problems: string[] = []
  const { costSchedule } = parseQuantConfig(`cost_schedule: ${rules}`, problems)
  return { costSchedule, problems }
}

test('a cost schedule gives each rule its meaning, exactly as written', () => {
  const { costSchedule, problems } = read(`
  - name: everything
    side: sell
    adapters: [alpaca, lean]
    accounts: [live]
    calendar: XNYS
    from: 2026-01-02
    until: 2027-01-02
    per_order: 1
    per_share: "0.000195"
    bps: 2.06e-1
    minimum: 0.01
    cap: 9.79
    rounding: { to: 0.01, mode: up }
  - { name: free, per_order: 0 }
`)
  expect(problems).toEqual([])
  expect(costSchedule).toEqual([
    {
      ...{ name: 'everything', side: 'sell', adapters: ['alpaca', 'lean'], accounts: ['live'], calendar: 'XNYS' },
      ...{ from: dayNumber(2026, 1, 2), until: dayNumber(2027, 1, 2) },
      ...{ perOrder: 1_000_000_000_000n, perShare: 195_000_000n, bps: 206_000_000_000n },
      ...{ minimum: 10_000_000_000n, cap: 9_790_000_000_000n, rounding: { to: 10_000_000_000n, mode: 'up' } },
    },
    { name: 'free', perOrder: 0n, perShare: 0n, bps: 0n },
  ])
})

test('without one there are no rules', () => {
  expect(parseQuantConfig('', []).costSchedule).toEqual([])
})

const rule = (keys: string) => `[{ name: one, ${keys} }]`

test.each([
  ['{ name: one }', 'cost_schedule is a map; it must be a list of rules'],
  ['[{ per_order: 1 }]', 'cost_schedule[0].name is missing; it must be a text'],
  ['[commission]', "cost_schedule[0] is 'commission'; it must be a map of keys"],
  [rule('bps: 1, per_shares: 1'), 'cost_schedule[0].per_shares is not a known key; did you mean per_share?'],
  [rule('cap: 1'), 'cost_schedule[0]: a rule has at least one of per_order, per_share, bps, and this one has none'],
  [rule('bps: 1, minimum: 2, cap: 1.5'), 'cost_schedule[0]: its minimum 2 is above its cap 1.5'],
  [
    rule('bps: 1, from: 2026-01-02, until: 2026-01-02'),
    'cost_schedule[0]: it never holds: until 2026-01-02 is not after from 2026-01-02',
  ],
  [rule('bps: 1, from: 2026-02-30'), "cost_schedule[0].from is '2026-02-30'; it must be a date, YYYY-MM-DD"],
  [rule('bps: 1, side: short'), "cost_schedule[0].side is 'short'; it must be one of buy, sell"],
  [rule('bps: 1, calendar: NYSE'), "cost_schedule[0].calendar is 'NYSE'; it must be one of XNYS, 24x7"],
  [rule('bps: 1, adapters: lean'), "cost_schedule[0].adapters is 'lean'; it must be a list of at least one name"],
  [rule('bps: 1, accounts: []'), 'cost_schedule[0].accounts is a list; it must be a list of at least one name'],
  [rule('bps: -1'), 'cost_schedule[0].bps is -1; it must be a number of at least 0 with at most 12 decimals'],
  [
    rule('per_share: "0.0000000000001"'),
    "cost_schedule[0].per_share is '0.0000000000001'; it must be a number of at least 0 with at most 12 decimals",
  ],
  [
    rule('per_order: one'),
    "cost_schedule[0].per_order is 'one'; it must be a number of at least 0 with at most 12 decimals",
  ],
  [
    rule('bps: 1, rounding: { to: 0, mode: up }'),
    'cost_schedule[0].rounding.to is 0; it must be a number above 0 with at most 12 decimals',
  ],
  [
    rule('bps: 1, rounding: { to: 0.01, mode: even }'),
    "cost_schedule[0].rounding.mode is 'even'; it must be one of up, down, nearest",
  ],
  [
    rule('bps: 1, rounding: { to: 0.01 }'),
    'cost_schedule[0].rounding.mode is missing; it must be one of up, down, nearest',
  ],
])('%s is refused in words', (rules, problem) => {
  expect(read(rules).problems).toEqual([problem])
})
