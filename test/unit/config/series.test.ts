import { readConfig } from '../../../src/config/config.js'
import type { SeriesSettings } from '../../../src/config/series.js'

const SECRET = 'p@ss/w:rd'
const URL_KEY = 'QUANT_SERIES_CLICKHOUSE_URL'

function seriesOf(environment: Readonly<Record<string, string>>): SeriesSettings | undefined {
  const readFile = (path: string): string => {
    throw Object.assign(new Error(path), { code: 'ENOENT' })
  }
  return readConfig({ environment, readFile, isTerminal: false }).series
}

function problemOf(environment: Readonly<Record<string, string>>): string {
  try {
    seriesOf(environment)
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  throw new Error('nothing was wrong with it')
}

describe('where series are kept', () => {
  test('is nowhere by default', () => {
    expect(seriesOf({})).toBeUndefined()
  })

  test('is a ClickHouse by its URL, credentials decoded', () => {
    const url = `https://quant:${encodeURIComponent(SECRET)}@ch.example.internal:9443/quant`
    expect(seriesOf({ [URL_KEY]: url })).toEqual({
      place: {
        kind: 'clickhouse',
        connection: {
          url: 'https://ch.example.internal:9443',
          database: 'quant',
          user: 'quant',
          password: SECRET,
          ca: { kind: 'system' },
          timeoutMs: 30_000,
        },
        cluster: undefined,
      },
      isThinned: true,
      samplingMs: 10_000,
      queue: { maxRows: 500_000, maxBytes: 67_108_864 },
      spill: undefined,
    })
  })

  test.each([
    ['http://127.0.0.1/quant', 'http://127.0.0.1:8123'],
    ['https://ch/quant', 'https://ch:8443'],
    ['http://[::1]:8124/quant', 'http://[::1]:8124'],
  ])('%s has the usual port and user', (written, url) => {
    expect(seriesOf({ [URL_KEY]: written })?.place).toMatchObject({
      connection: { url, user: 'default', password: undefined },
    })
  })

  test('is our own Postgres where only that is there', () => {
    const series = seriesOf({ QUANT_STORE_DSN: 'postgresql://quant@127.0.0.1/quant', QUANT_SERIES_POSTGRES_DAYS: '3' })
    expect(series?.place).toMatchObject({ kind: 'postgres', store: { migrates: true }, keptDays: 3 })
  })

  test.each([
    ['no URL', 'clickhouse', 'it is no URL'],
    ['another protocol', 'tcp://ch:9000/quant', 'it must begin with http:// or https://'],
    ['no database', 'http://ch:8123', 'the database behind the last slash'],
    ['a strange database', 'http://ch:8123/a%60b', 'the database behind the last slash'],
    ['parameters', 'http://ch:8123/quant?user=x', 'it has parameters'],
    ['bad encoding', 'http://u:%zz@ch:8123/quant', 'percent-encoding'],
  ])('refuses %s', (_name, written, problem) => {
    expect(problemOf({ [URL_KEY]: written })).toContain(problem)
  })

  test('never tells a password', () => {
    const problem = problemOf({ [URL_KEY]: 'http://quant:hunter2@ch:8123/quant?x=1' })
    expect(problem).not.toContain('hunter2')
    expect(problem).toContain('its value is not shown')
  })

  test('refuses a CA without https', () => {
    const environment = { [URL_KEY]: 'http://ch:8123/quant', QUANT_SERIES_CLICKHOUSE_CA_CERT: 'system' }
    expect(problemOf(environment)).toContain('QUANT_SERIES_CLICKHOUSE_CA_CERT is set but')
  })

  test.each([
    ['QUANT_SERIES_CLICKHOUSE_CA_CERT', 'system'],
    ['QUANT_SERIES_CLICKHOUSE_CLUSTER', 'main'],
  ])('refuses %s without a ClickHouse, and says what to set', (key, value) => {
    const problem = `${key} is set but ${URL_KEY} is not: set ${URL_KEY} to the ClickHouse that holds series, or remove ${key}`
    expect(problemOf({ [key]: value })).toContain(problem)
    expect(problemOf({ [key]: value, QUANT_STORE_DSN: 'postgresql://quant@127.0.0.1/quant' })).toContain(problem)
  })

  test('refuses a folder for what waits where nothing is kept; either store will do', () => {
    const folder = { QUANT_SERIES_SPILL_DIR: '/var/lib/quant' }
    expect(problemOf(folder)).toContain(
      `QUANT_SERIES_SPILL_DIR is set but nothing is kept: set ${URL_KEY} or QUANT_STORE_DSN, or remove QUANT_SERIES_SPILL_DIR`,
    )
    const spill = { folder: '/var/lib/quant', maxBytes: 1_073_741_824 }
    expect(seriesOf({ ...folder, [URL_KEY]: 'http://127.0.0.1/quant' })?.spill).toEqual(spill)
    expect(seriesOf({ ...folder, QUANT_STORE_DSN: 'postgresql://quant@127.0.0.1/quant' })?.spill).toEqual(spill)
  })

  test.each(['7000', '500', '61000', '90000', '10500', 'ten'])('refuses a sampling of %s ms', (written) => {
    expect(problemOf({ QUANT_SERIES_SAMPLING_MS: written })).toContain('QUANT_SERIES_SAMPLING_MS')
  })

  test.each(["main'; DROP", 'a b', ''.padEnd(65, 'x')])('refuses a cluster %p', (written) => {
    expect(problemOf({ QUANT_SERIES_CLICKHOUSE_CLUSTER: written })).toContain('QUANT_SERIES_CLICKHOUSE_CLUSTER')
  })
})
