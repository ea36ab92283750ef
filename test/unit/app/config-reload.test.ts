import { ConfigReload } from '../../../src/app/config-reload.js'
import type { Config } from '../../../src/config/config.js'
import type { Logger } from '../../../src/lib/logger.js'
import { configOf } from '../config/reading.js'

const VARIABLE = 'JANGAR_TORGHUT_QUANT_POLICY_MAX_DRAWDOWN_1D'
const START = 'policy: { max_drawdown_1d: 0.05, max_leverage: 4 }\nbenchmark: SPY\n'
const RAISED = START.replace('4', '6')

/** A process that was started with START; `says` is what its file holds now. */
function started(environment: Record<string, string> = {}) {
  const config: Config = configOf({ QUANT_CONFIG: 'q.yaml', ...environment }, { files: { 'q.yaml': START } })
  const policy = { settings: config.policy }
  const log: string[] = []
  const results: string[] = []
  const write = (message: string, fields?: object) => void log.push(`${message} ${JSON.stringify(fields ?? {})}`)
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const file: { says: string | Error } = { says: START }
  const reload = new ConfigReload('q.yaml', {
    ...{ config, policy, log: logger },
    onResult: (result) => results.push(result),
    readText: async (path) => {
      expect(path).toBe('q.yaml')
      if (file.says instanceof Error) throw file.says
      return file.says
    },
  })
  const look = async (says: string | Error, times = 2) => {
    file.says = says
    for (let done = 0; done < times; done += 1) await reload.look()
  }
  return { policy, log, results, reload, file, look }
}

const gone = Object.assign(new Error('ENOENT: q.yaml'), { code: 'ENOENT' })

describe('QUANT_CONFIG while the process runs', () => {
  test('is left alone as long as it says the same', async () => {
    const { look, results, log } = started()
    await look(START, 5)
    expect([results, log]).toEqual([[], []])
  })

  test('gives its limits once two looks find the same, and only once', async () => {
    const { look, policy, results } = started()
    await look(RAISED, 1)
    expect([results, policy.settings.defaults.max_leverage]).toEqual([[], 4])
    await look(RAISED, 3)
    expect([results, policy.settings.defaults.max_leverage]).toEqual([['applied'], 6])
  })

  test('is not taken half written', async () => {
    const { look, policy, results } = started()
    await look('', 1)
    await look('policy: {', 1)
    await look(RAISED, 1)
    expect(results).toEqual([])
    await look(RAISED, 1)
    expect([results, policy.settings.defaults.max_leverage]).toEqual([['applied'], 6])
  })

  test('that is gone for a moment is no change', async () => {
    const { look, results } = started()
    await look(gone, 1)
    await look(START, 2)
    await look(gone, 1)
    await look(START, 1)
    expect(results).toEqual([])
  })

  test.each<[string, string | Error, RegExp]>([
    [
      'a key is misspelt',
      'policy: { max_levrage: 6 }',
      /policy\.max_levrage is not a known key; did you mean max_leverage/,
    ],
    ['a limit is negative', 'policy: { max_leverage: -1 }', /policy\.max_leverage is -1; it must be/],
    ['it is no YAML', 'policy: {', /line 1, column/],
    ['it is gone', gone, /QUANT_CONFIG names a file that cannot be read: there is no such file/],
  ])('is refused where %s: what held goes on, and the log tells the place', async (_what, says, place) => {
    const { look, policy, results, log } = started()
    const before = policy.settings
    await look(says, 4)
    expect(results).toEqual(['refused'])
    expect(policy.settings).toBe(before)
    expect(log).toEqual([expect.stringMatching(place)])
    await look(START)
    expect([results, policy.settings]).toEqual([['refused', 'applied'], before])
  })

  test('is read at once when asked, also where it says the same', async () => {
    const { reload, file, policy, results } = started()
    await reload.reload()
    file.says = RAISED
    await reload.reload()
    await reload.look()
    expect([results, policy.settings.defaults.max_leverage]).toEqual([['applied', 'applied'], 6])
  })

  test('does not go before the environment', async () => {
    const { look, policy } = started({ [VARIABLE]: '0.03' })
    await look(START.replace('0.05', '0.5'))
    expect([policy.settings.defaults, policy.settings.environment]).toMatchObject([
      { max_drawdown_1d: 0.5 },
      { max_drawdown_1d: 0.03 },
    ])
  })

  test('names what counts after a restart only, as long as it differs from the start', async () => {
    const { look, log, results } = started()
    const other = `${RAISED.replace('SPY', 'QQQ')}strategies: { s-1: { money_decimals: 3, policy: { max_leverage: 2 } } }\n`
    await look(other)
    expect(results).toEqual(['applied'])
    expect(log.at(-1)).toMatch(/count after a restart .*"keys":"benchmark, strategies.s-1.money_decimals"/)
    log.length = 0
    await look(RAISED)
    expect(log).toEqual([expect.stringContaining('limits of alerts are in force')])
  })
})
