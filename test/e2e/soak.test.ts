import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canAlert } from '../support/alerting.js'
import { hasPostgresServer } from '../support/postgres-server.js'
import { PROJECT_ROOT } from '../support/process.js'
import { hasProgram } from '../support/programs.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const canSoak = [canAlert, hasPostgresServer, hasProgram('faketime', 'faketime')].every(Boolean)
const withAll = canSoak ? describe : describe.skip

const MINUTES = 3
/** Everything has to start as well, and the last fault comes to its end however busy the machine is. */
const PATIENCE_MS = 1_200_000

interface Report {
  readonly verdict: { readonly isHeld: boolean; readonly missed: readonly string[] }
  readonly measures: readonly { readonly name: string; readonly isHeld?: boolean }[]
  readonly charts: Readonly<Record<string, readonly unknown[]>>
  readonly stream: Readonly<Record<'deltas' | 'snapshots' | 'gaps', number>>
  readonly faults: readonly {
    readonly name: string
    readonly problems: readonly string[]
    readonly recoverySeconds: number
    readonly comparison: {
      readonly values: number
      readonly differences: number
      readonly counted: { readonly shown: number; readonly inTable: number }
    }
  }[]
  readonly alerts: { readonly told: readonly { readonly name: string }[] }
}

withAll('npm run soak (packages postgresql-15, prometheus, prometheus-alertmanager, faketime)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quant-soak-report-'))
  let printed = ''
  let code: number | null = null
  let report: Report

  beforeAll(async () => {
    const child = spawn(
      process.execPath,
      ['scripts/soak.mjs', '--minutes', String(MINUTES), '--report-only', '--out', folder],
      { cwd: PROJECT_ROOT, env: { PATH: process.env.PATH ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
    code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    if (code === 2 || !existsSync(join(folder, 'report.json'))) throw new Error(`the soak did not run: ${printed}`)
    report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
  }, PATIENCE_MS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('after each of its faults frames are those of a fresh start, and every order is counted once', () => {
    expect(report.faults.length).toBeGreaterThan(0)
    for (const { name, problems, comparison, recoverySeconds } of report.faults) {
      expect([name, problems]).toEqual([name, []])
      expect(comparison.values).toBeGreaterThan(1_000)
      expect(comparison.differences).toBe(0)
      expect(comparison.counted.inTable).toBeGreaterThan(0)
      expect(comparison.counted.shown).toBe(comparison.counted.inTable)
      expect(recoverySeconds).toBeGreaterThanOrEqual(0)
    }
  })

  test('no client of the stream missed anything, and the alert that is right was told', () => {
    expect(report.stream.deltas).toBeGreaterThan(0)
    expect(report.stream.gaps).toBe(0)
    expect(report.alerts.told.map(({ name }) => name)).toContain('QuantExposureOverLimit')
  })

  test('its report has every measure and says that all held, in three forms', () => {
    expect([report.verdict.missed, code]).toEqual([[], 0])
    for (const { name } of report.measures) expect([name, report.charts[name]?.length]).not.toEqual([name, 0])
    const [text, page] = ['report.txt', 'report.html'].map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(text).toContain('Everything held')
    expect(page).toContain('<svg')
    // One page that needs nothing else.
    expect(page).not.toMatch(/<(script|link|img|iframe)\b|https?:\/\/|url\(/)
  })
})

test('a soak that is asked for nonsense says all of it and does not begin', async () => {
  const child = spawn(process.execPath, ['scripts/soak.mjs', '--minutes', 'long', '--profile', 'monday'], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString()
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code).toBe(2)
  expect(told).toContain('--minutes is a number up to 1440, not long')
  expect(told).toContain('not monday')
})
