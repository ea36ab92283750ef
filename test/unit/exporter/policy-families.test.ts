import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { DICTIONARY } from '../../../src/compute/dictionary.js'
import { ONLY_SHARD } from '../../../src/domain/shards.js'
import { Exposition } from '../../../src/exporter/exposition.js'
import { SelfMetrics } from '../../../src/exporter/self-metrics.js'
import { POLICY_KEYS } from '../../../src/policy/catalogue.js'
import { frameReader, missing } from '../../support/frames.js'
import { CALENDARS, type EvaluatorParts, evaluatorOf, judgedFrame, judgedSet, ok, TICK } from '../../support/policy.js'

const LABELS = (policy: string) => `{strategy_id="momentum-1",account="PA-1",policy="${policy}",calendar="XNYS"}`

/** The samples of the policies in a scrape after two ticks with a drawdown of 6 % and no equity for the leverage. */
async function samplesOf(parts: EvaluatorParts & { isEnabled?: boolean; maxSeries?: number } = {}): Promise<string[]> {
  const evaluator = evaluatorOf({ settings: { defaults: { max_leverage: 2 } }, ...parts })
  evaluator.remember([])
  const results = { max_drawdown: ok(0.06), leverage_gross_over_equity: missing('no_equity') }
  const frame = (now: number) => judgedFrame(now, { results })
  for (const now of [TICK, TICK + 1_000]) evaluator.tick(judgedSet(now, [frame(now)]), () => parts.isEnabled ?? true)
  evaluator.compareOverrides([])
  const exposition = new Exposition({
    reader: frameReader({ books: [frame(TICK + 1_000)], now: TICK + 1_000 }),
    ...{ dictionary: DICTIONARY, accountDictionary: ACCOUNT_DICTIONARY, calendars: CALENDARS },
    selfMetrics: new SelfMetrics({ version: '1', revision: 'a', shard: ONLY_SHARD, tiers: ['light'] }),
    policies: evaluator,
    maxSeries: parts.maxSeries ?? 150_000,
    wallNow: () => TICK,
    lastTickAt: () => TICK,
    onError: (error) => {
      throw error
    },
  })
  const text = Buffer.concat(await exposition.plain()).toString()
  return text.split('\n').filter((line) => line.startsWith('quant_policy_'))
}

describe('the gauges of policies', () => {
  test('tell of each policy in force what is open, observed, allowed, breaching and judged', async () => {
    const samples = await samplesOf()
    const of = (policy: string) => samples.filter((sample) => sample.includes(`policy="${policy}"`))
    expect(of('max_drawdown_1d')).toEqual([
      `quant_policy_open${LABELS('max_drawdown_1d')} 1`,
      `quant_policy_observed${LABELS('max_drawdown_1d')} 0.06`,
      `quant_policy_threshold${LABELS('max_drawdown_1d')} 0.05`,
      `quant_policy_breach_frames${LABELS('max_drawdown_1d')} 2`,
      `quant_policy_evaluable${LABELS('max_drawdown_1d')} 1`,
    ])
    expect(of('max_leverage')).toEqual([
      `quant_policy_open${LABELS('max_leverage')} 0`,
      `quant_policy_threshold${LABELS('max_leverage')} 2`,
      `quant_policy_breach_frames${LABELS('max_leverage')} 0`,
      `quant_policy_evaluable${LABELS('max_leverage')} 0`,
    ])
    expect(of('missing_update_seconds')).toEqual([
      'quant_policy_threshold{policy="missing_update_seconds",calendar="XNYS"} 15',
    ])
    expect(of('max_var_95')).toEqual([])
  })

  test('tell in shadow neither what is open nor what cannot be judged', async () => {
    const families = new Set((await samplesOf({ isShadow: true })).map((sample) => sample.split('{')[0]))
    expect([...families].sort()).toEqual([
      'quant_policy_breach_frames',
      'quant_policy_observed',
      'quant_policy_overrides_unmatched 0',
      'quant_policy_shadow 1',
      'quant_policy_threshold',
    ])
  })

  test('expect no judgement of a strategy that is disabled', async () => {
    const samples = await samplesOf({ isEnabled: false })
    expect(samples.filter((sample) => sample.startsWith('quant_policy_evaluable'))).toEqual([])
    expect(samples).toContain(`quant_policy_open${LABELS('max_drawdown_1d')} 1`)
    expect(samples.filter((sample) => sample.includes('max_pipeline_lag_seconds'))).toEqual([])
  })

  test('are never left out, however few series are allowed', async () => {
    expect(await samplesOf({ maxSeries: 1 })).toEqual(await samplesOf())
  })

  test('say in shadow that it is, also where the age of frames alone has a limit', async () => {
    const alone = Object.fromEntries(POLICY_KEYS.map((key) => [key, 'off' as const]))
    const settings = { defaults: { ...alone, missing_update_seconds: 15 } }
    expect(await samplesOf({ isShadow: true, settings })).toEqual([
      'quant_policy_shadow 1',
      'quant_policy_overrides_unmatched 0',
      'quant_policy_threshold{policy="missing_update_seconds",calendar="XNYS"} 15',
    ])
    expect(await samplesOf({ settings })).toContain('quant_policy_shadow 0')
  })

  test('count overrides that match nothing', async () => {
    const accounts = new Map([['PA-9', { max_drawdown_1d: 0.1 }]])
    expect(await samplesOf({ settings: { accounts } })).toContain('quant_policy_overrides_unmatched 1')
  })
})
