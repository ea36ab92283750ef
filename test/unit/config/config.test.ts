import { SETTINGS } from '../../../src/config/environment.js'
import { configOf, problemsOf } from './reading.js'

describe('the configuration', () => {
  test('of an empty environment has the documented defaults', () => {
    expect(configOf({})).toEqual({
      isEnabled: false,
      areAlertsEnabled: false,
      runbooksUrl: 'docs/runbooks',
      filePath: undefined,
      policy: { defaults: {}, environment: {}, accounts: new Map(), strategies: new Map() },
      torghut: undefined,
      torghutTimeoutMs: 5_000,
      store: undefined,
      series: undefined,
      stream: { heartbeatMs: 15_000, maxBufferBytes: 1_048_576, maxClients: 2_000, maxClientsAnAddress: 200 },
      clickhouse: undefined,
      periodsMs: { light: 1000, medium: 5000, heavy: 30_000 },
      pollIntervalMs: 500,
      shards: { shard: { index: 0, count: 1 }, peers: undefined },
      slowPollIntervalMs: 1000,
      pollOverlapMs: 30_000,
      reconcileIntervalMs: 300_000,
      maxStalenessMs: 15_000,
      markMaxAgeMs: 120_000,
      sessionRollMs: 300_000,
      maxSeries: 150_000,
      listen: { host: '127.0.0.1', port: 9464 },
      metricsListen: { host: '127.0.0.1', port: 9464 },
      isApiEnabled: true,
      isGateEnabled: false,
      access: { tokens: [], metricsToken: undefined, origins: [], trustedProxies: 0, requestsPerSecond: 50 },
      revision: 'unknown',
      log: { level: 'info', format: 'json' },
      file: {
        policy: { defaults: {}, accounts: new Map(), strategies: new Map() },
        moneyDecimals: undefined,
        benchmark: undefined,
        returnRules: { riskFreeAnnual: 0, marPerPeriod: 0, minimumObservations: 20 },
        strategies: new Map(),
        instruments: [],
        costSchedule: [],
        xnysExceptions: {},
        written: {},
        text: '',
      },
      given: new Map(),
    })
  })

  test('has every variable that it reads', () => {
    const config = configOf(
      {
        JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
        JANGAR_TORGHUT_QUANT_COMPUTE_INTERVAL_MS: '500',
        JANGAR_TORGHUT_QUANT_MEDIUM_COMPUTE_INTERVAL_MS: '2000',
        JANGAR_TORGHUT_QUANT_HEAVY_COMPUTE_INTERVAL_MS: '60000',
        JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS: '20',
        TORGHUT_DB_DSN: 'postgresql://reader:p%40w@db.example:6543/torghut',
        TORGHUT_DB_SSLMODE: 'disable',
        CH_HOST: 'ch.example',
        CH_PORT: '8124',
        CH_DATABASE: 'other',
        CH_USER: 'reader',
        CH_PASSWORD: ' with spaces ',
        CH_SECURE: '1',
        CH_TIMEOUT_MS: '5000',
        QUANT_CONFIG: '/quant.yaml',
        QUANT_POLL_INTERVAL_MS: '250',
        QUANT_SLOW_POLL_INTERVAL_MS: '750',
        QUANT_POLL_OVERLAP_SECONDS: '60',
        QUANT_RECONCILE_INTERVAL_SECONDS: '600',
        QUANT_MARK_MAX_AGE_SECONDS: '90',
        QUANT_SESSION_ROLL_SECONDS: '900',
        QUANT_LOG_LEVEL: 'debug',
        QUANT_LOG_FORMAT: 'pretty',
        QUANT_LISTEN: '0.0.0.0:80',
        QUANT_METRICS_LISTEN: '[::]:0',
        QUANT_API_ENABLED: 'TRUE',
        QUANT_API_ANONYMOUS: 'true',
        QUANT_MAX_SERIES: '5000',
      },
      { files: { '/quant.yaml': 'money_decimals: 3' } },
    )
    expect(config).toMatchObject({
      isEnabled: true,
      torghut: {
        host: 'db.example',
        port: 6543,
        database: 'torghut',
        user: 'reader',
        password: 'p@w',
        tls: { mode: 'disable' },
      },
      clickhouse: {
        url: 'https://ch.example:8124',
        database: 'other',
        user: 'reader',
        password: ' with spaces ',
        timeoutMs: 5000,
      },
      periodsMs: { light: 500, medium: 2000, heavy: 60_000 },
      pollIntervalMs: 250,
      slowPollIntervalMs: 750,
      pollOverlapMs: 60_000,
      reconcileIntervalMs: 600_000,
      maxStalenessMs: 20_000,
      markMaxAgeMs: 90_000,
      sessionRollMs: 900_000,
      maxSeries: 5000,
      listen: { host: '0.0.0.0', port: 80 },
      metricsListen: { host: '::', port: 0 },
      isApiEnabled: true,
      access: { tokens: [], metricsToken: undefined, origins: [], trustedProxies: 0, requestsPerSecond: 50 },
      log: { level: 'debug', format: 'pretty' },
      file: { moneyDecimals: 3 },
    })
  })

  test('takes an empty or blank variable as not set', () => {
    const blank = Object.fromEntries(
      Object.values(SETTINGS).map(({ key }, index) => [key, index % 2 === 0 ? '' : ' \n']),
    )
    expect(configOf(blank)).toEqual(configOf({}))
  })

  test('writes log lines for people on a terminal, unless told otherwise', () => {
    expect(configOf({}, { isTerminal: true }).log.format).toBe('pretty')
    expect(configOf({ QUANT_LOG_FORMAT: 'json' }, { isTerminal: true }).log.format).toBe('json')
  })

  test('serves the metrics where the API is, unless told otherwise', () => {
    expect(configOf({ QUANT_LISTEN: 'localhost:9000' }).metricsListen).toEqual({ host: 'localhost', port: 9000 })
  })

  test('has the ports of ClickHouse, its defaults, and addresses of either kind', () => {
    expect(configOf({ CH_HOST: 'ch.example' }).clickhouse).toEqual({
      url: 'http://ch.example:8123',
      database: 'torghut',
      user: 'default',
      password: undefined,
      timeoutMs: 10_000,
    })
    expect(configOf({ CH_HOST: 'ch.example', CH_SECURE: 'true' }).clickhouse?.url).toBe('https://ch.example:8443')
    for (const host of ['::1', '[::1]']) expect(configOf({ CH_HOST: host }).clickhouse?.url).toBe('http://[::1]:8123')
  })

  test('takes the password of ClickHouse from a file, without the line break at its end', () => {
    const passwordOf = (text: string) =>
      configOf({ CH_HOST: 'ch', CH_PASSWORD_FILE: '/p' }, { files: { '/p': text } }).clickhouse?.password
    expect(passwordOf('secret\n')).toBe('secret')
    expect(passwordOf('secret\r\n')).toBe('secret')
    expect(passwordOf(' secret \n\n')).toBe(' secret \n')
  })
})

describe('a variable that is malformed', () => {
  test('is told with what was given, what is allowed, and an example', () => {
    expect(problemsOf({ QUANT_POLL_INTERVAL_MS: '-500' })).toEqual([
      "QUANT_POLL_INTERVAL_MS is '-500'; it must be a whole number from 100 to 60000 (ms), such as QUANT_POLL_INTERVAL_MS=500",
    ])
    expect(problemsOf({ QUANT_SESSION_ROLL_SECONDS: '301' })).toEqual([
      "QUANT_SESSION_ROLL_SECONDS is '301'; it must be a whole multiple of 300 from 0 to 3600 (s), such as QUANT_SESSION_ROLL_SECONDS=300",
    ])
    expect(problemsOf({ JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'yes please' })).toEqual([
      "JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED is 'yes please'; it must be true or false, such as JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true",
    ])
    expect(problemsOf({ QUANT_LOG_LEVEL: 'verbose' })).toEqual([
      "QUANT_LOG_LEVEL is 'verbose'; it must be one of debug, info, warn, error, such as QUANT_LOG_LEVEL=debug",
    ])
    expect(problemsOf({ QUANT_LISTEN: '9464' })).toEqual([
      "QUANT_LISTEN is '9464'; it must be host:port with an IPv6 address in brackets; port 0 takes a free one, such as QUANT_LISTEN=127.0.0.1:9464",
    ])
    expect(problemsOf({ CH_HOST: 'http://reader:secret@ch.example:8123' })).toEqual([
      "CH_HOST is 'http://***@ch.example:8123'; it must be a host name or address without scheme, port and credentials, such as CH_HOST=clickhouse.example.internal",
    ])
  })

  test.each(['', ' ', '-1', '0', '99', '60001', '1e3', '500ms', '500.0', '0x1f4', 'NaN', 'Infinity', '1'.repeat(20)])(
    'is a poll interval of "%s", unless it is blank',
    (value) => {
      expect(problemsOf({ QUANT_POLL_INTERVAL_MS: value })).toHaveLength(value.trim() === '' ? 0 : 1)
    },
  )

  test('is an address with a port beyond 65535, without a host, or with an IPv6 address outside brackets', () => {
    for (const value of [
      'localhost:65536',
      ':9464',
      '::1:9464',
      'localhost:',
      'localhost',
      'http://localhost:1',
      '[::1]',
    ])
      expect([value, problemsOf({ QUANT_METRICS_LISTEN: value }).length]).toEqual([value, 1])
  })

  test('is shortened and kept on one line where it is shown', () => {
    const [problem = ''] = problemsOf({ QUANT_LOG_LEVEL: `a\nb${'c'.repeat(100)}` })
    expect(problem.startsWith(`QUANT_LOG_LEVEL is 'a b${'c'.repeat(57)}…'; `)).toBe(true)
  })

  test('is a DSN, told without any of it', () => {
    expect(problemsOf({ TORGHUT_DB_DSN: 'postgresql://reader:s3cr3t/x@db.example/torghut' })).toEqual([
      'TORGHUT_DB_DSN is malformed (its value is not shown): the user or password holds a character that must be percent-encoded; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where @ : / ? and % in user and password are percent-encoded',
    ])
  })
})

describe('a variable of ours that is unknown', () => {
  test('is told with near names, and never with its value', () => {
    expect(problemsOf({ QUANT_LISTN: 'a', QUANT_COMPUTE_INTERVAL_MS: 'b', QUANT_NONSENSE: 'c' })).toEqual([
      'QUANT_COMPUTE_INTERVAL_MS is not a setting; did you mean JANGAR_TORGHUT_QUANT_COMPUTE_INTERVAL_MS?',
      'QUANT_LISTN is not a setting; did you mean QUANT_LISTEN?',
      'QUANT_NONSENSE is not a setting; remove it, or see docs/configuration.md for all settings',
    ])
    expect(problemsOf({ JANGAR_TORGHUT_QUANT_MAX_STALENES_SECONDS: '1' })).toEqual([
      'JANGAR_TORGHUT_QUANT_MAX_STALENES_SECONDS is not a setting; did you mean JANGAR_TORGHUT_QUANT_MAX_STALENESS_SECONDS?',
    ])
  })

  test('is an error also when it is empty, but not when it is undefined', () => {
    expect(problemsOf({ QUANT_LISTN: '' })).toHaveLength(1)
    expect(problemsOf({ QUANT_LISTN: undefined })).toEqual([])
  })

  test('is let be when Kubernetes or somebody else set it', () => {
    expect(
      problemsOf({
        QUANT_EXPORTER_SERVICE_HOST: '10.0.0.1',
        QUANT_EXPORTER_PORT_9464_TCP: 'tcp://10.0.0.1:9464',
        JANGAR_OTHER: 'x',
        QUANTITY: 'x',
        PATH: '/bin',
        CH_OTHER: 'x',
      }),
    ).toEqual([])
  })
})

describe('the file that QUANT_CONFIG names', () => {
  test('is told when it cannot be read', () => {
    expect(problemsOf({ QUANT_CONFIG: '/missing.yaml' })).toEqual([
      'QUANT_CONFIG names a file that cannot be read: there is no such file',
    ])
  })

  test('stands before each of its problems', () => {
    expect(
      problemsOf({ QUANT_CONFIG: '/q.yaml' }, { files: { '/q.yaml': 'money_decimals: x\nstrategis: {}' } }),
    ).toEqual([
      "QUANT_CONFIG (/q.yaml): money_decimals is 'x'; it must be a whole number from 0 to 8",
      'QUANT_CONFIG (/q.yaml): strategis is not a known key; did you mean strategies?',
    ])
  })
})

describe('an error of configuration', () => {
  test('has all problems at once, a line each, or one line when there is one', () => {
    expect(() => configOf({ QUANT_LISTN: 'x', QUANT_POLL_INTERVAL_MS: '-1', TORGHUT_DB_DSN: 'x' })).toThrow(
      /^The configuration is not valid:\n {2}- QUANT_LISTN .*\n {2}- QUANT_POLL_INTERVAL_MS .*\n {2}- TORGHUT_DB_DSN .*$/,
    )
    expect(() => configOf({ QUANT_LISTN: 'x' })).toThrow(
      /^The configuration is not valid: QUANT_LISTN is not a setting; did you mean QUANT_LISTEN\?$/,
    )
  })
})
