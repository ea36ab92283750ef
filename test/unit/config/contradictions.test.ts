import { problemsOf } from './reading.js'

const DSN = 'postgresql://reader:secret@localhost/torghut'

describe('settings that contradict each other', () => {
  test('are tiers that do not fall together', () => {
    const light = 'JANGAR_TORGHUT_QUANT_COMPUTE_INTERVAL_MS'
    const medium = 'JANGAR_TORGHUT_QUANT_MEDIUM_COMPUTE_INTERVAL_MS'
    const heavy = 'JANGAR_TORGHUT_QUANT_HEAVY_COMPUTE_INTERVAL_MS'
    expect(problemsOf({ [light]: '2000' })).toEqual([
      `${medium}=5000 is no whole multiple of ${light}=2000; ticks must fall together`,
    ])
    expect(problemsOf({ [light]: '400', [medium]: '600', [heavy]: '900' })).toEqual([
      `${medium}=600 is no whole multiple of ${light}=400; ticks must fall together`,
      `${heavy}=900 is no whole multiple of ${medium}=600; ticks must fall together`,
    ])
    expect(problemsOf({ [medium]: '500' })).toEqual([
      `${medium}=500 is no whole multiple of ${light}=1000; ticks must fall together`,
    ])
    expect(problemsOf({ [light]: '1000', [medium]: '1000', [heavy]: '1000' })).toEqual([])
    expect(problemsOf({ [light]: '-1', [medium]: '5001' })).toHaveLength(2)
  })

  test('are slow polls that come more often than polls', () => {
    expect(problemsOf({ QUANT_POLL_INTERVAL_MS: '2000' })).toEqual([
      'QUANT_SLOW_POLL_INTERVAL_MS=1000 is shorter than QUANT_POLL_INTERVAL_MS=2000; raise it',
    ])
    expect(problemsOf({ QUANT_POLL_INTERVAL_MS: '1000' })).toEqual([])
  })

  test('are the main switch without a database', () => {
    expect(problemsOf({ JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true' })).toEqual([
      'TORGHUT_DB_DSN is not set, and the main switch is on: set it to the trading database, such as TORGHUT_DB_DSN=postgresql://reader:PASSWORD@db.example.internal/torghut, or look around without a database with quant-exporter demo',
    ])
    expect(problemsOf({ JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true', TORGHUT_DB_DSN: DSN })).toEqual([])
  })

  test('are an API that others can reach, and nobody who allowed it', () => {
    const problem = (host: string) =>
      `QUANT_LISTEN binds the API to ${host}, where others can read it without a token: set QUANT_API_TOKENS to ask for one, QUANT_API_ANONYMOUS=true to allow that, QUANT_API_ENABLED=false to serve metrics alone, or listen on 127.0.0.1`
    expect(problemsOf({ QUANT_LISTEN: '0.0.0.0:9464' })).toEqual([problem('0.0.0.0')])
    expect(problemsOf({ QUANT_LISTEN: '[::]:9464' })).toEqual([problem('::')])
    expect(problemsOf({ QUANT_LISTEN: 'exporter.example:9464' })).toEqual([problem('exporter.example')])
    expect(problemsOf({ QUANT_LISTEN: '0.0.0.0:9464', QUANT_API_ANONYMOUS: 'true' })).toEqual([])
    expect(problemsOf({ QUANT_LISTEN: '0.0.0.0:9464', QUANT_API_ENABLED: 'false' })).toEqual([])
    expect(problemsOf({ QUANT_METRICS_LISTEN: '0.0.0.0:9465' })).toEqual([])
    for (const host of ['localhost', '127.1.2.3', '[::1]'])
      expect(problemsOf({ QUANT_LISTEN: `${host}:1` })).toEqual([])
  })

  test('are settings of a ClickHouse server that nobody named', () => {
    expect(problemsOf({ CH_PORT: '8123' })).toEqual([
      'CH_PORT is set but CH_HOST is not: set CH_HOST to the ClickHouse server, or remove it to do without bars',
    ])
    expect(problemsOf({ CH_PORT: '8123', CH_SECURE: 'true', CH_DATABASE: 'x', CH_USER: 'y' })).toEqual([
      'CH_PORT and CH_SECURE are set but CH_HOST is not: set CH_HOST to the ClickHouse server, or remove them to do without bars',
    ])
    expect(problemsOf({ CH_DATABASE: 'x', CH_USER: 'y', CH_TIMEOUT_MS: '500' })).toEqual([])
  })

  test('are two passwords, or a password file that is missing or empty', () => {
    const files = { files: { '/blank': ' \n' } }
    expect(problemsOf({ CH_HOST: 'ch', CH_PASSWORD: 'a', CH_PASSWORD_FILE: '/blank' }, files)).toEqual([
      'CH_PASSWORD and CH_PASSWORD_FILE are both set; keep one',
    ])
    expect(problemsOf({ CH_HOST: 'ch', CH_PASSWORD_FILE: '/missing' }, files)).toEqual([
      'CH_PASSWORD_FILE names a file that cannot be read: there is no such file',
    ])
    expect(problemsOf({ CH_HOST: 'ch', CH_PASSWORD_FILE: '/blank' }, files)).toEqual([
      'CH_PASSWORD_FILE names a file that holds nothing',
    ])
  })

  test('are a secret given twice, or a file of one that is missing or empty, and nothing else is said of it then', () => {
    const files = { files: { '/blank': ' \n', '/dsn': 'postgresql://r:s@127.0.0.1/x' } }
    const on = { JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true' }
    const dsn = { ...on, TORGHUT_DB_DSN: 'postgresql://r@127.0.0.1/x', TORGHUT_DB_DSN_FILE: '/dsn' }
    expect(problemsOf(dsn, files)).toEqual(['TORGHUT_DB_DSN and TORGHUT_DB_DSN_FILE are both set; keep one'])
    expect(problemsOf({ ...on, TORGHUT_DB_DSN_FILE: '/missing' }, files)).toEqual([
      'TORGHUT_DB_DSN_FILE names a file that cannot be read: there is no such file',
    ])
    const store = { QUANT_STORE_DSN_FILE: '/blank', QUANT_STORE_MIGRATE: 'false', QUANT_SERIES_SPILL_DIR: '/spill' }
    expect(problemsOf(store, files)).toEqual(['QUANT_STORE_DSN_FILE names a file that holds nothing'])
    const series = { QUANT_SERIES_CLICKHOUSE_URL_FILE: '/blank', QUANT_SERIES_CLICKHOUSE_CLUSTER: 'c' }
    expect(problemsOf(series, files)).toEqual(['QUANT_SERIES_CLICKHOUSE_URL_FILE names a file that holds nothing'])
  })
})
