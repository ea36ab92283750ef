import { describeConfig } from '../../../src/config/describe.js'
import { settingEntries } from '../../../src/config/environment.js'
import { CERTIFICATE } from './certificate.js'
import { configOf, type Surroundings } from './reading.js'

function rowsOf(environment: Record<string, string>, surroundings?: Surroundings) {
  const rows = describeConfig(configOf(environment, surroundings))
  return Object.fromEntries(rows.map(({ key, value, source }) => [key, [value, source]]))
}

describe('the description of the configuration', () => {
  test('has every variable in the order of the documentation', () => {
    const keys = settingEntries().map(([, { key }]) => key)
    expect(describeConfig(configOf({})).map(({ key }) => key)).toEqual(keys)
  })

  test('tells defaults from what is given, and what depends on something else', () => {
    expect(rowsOf({ QUANT_LISTEN: '[::1]:1', CH_HOST: 'ch', CH_SECURE: 'true' }, { isTerminal: true })).toMatchObject({
      QUANT_LISTEN: ['[::1]:1', 'environment'],
      QUANT_METRICS_LISTEN: ['[::1]:1', 'default'],
      QUANT_LOG_FORMAT: ['pretty', 'default'],
      QUANT_POLL_INTERVAL_MS: ['500', 'default'],
      CH_PORT: ['8443', 'default'],
      CH_SECURE: ['true', 'environment'],
      QUANT_CONFIG: [undefined, 'default'],
      TORGHUT_DB_DSN: [undefined, 'default'],
      CH_PASSWORD: [undefined, 'default'],
    })
    expect(rowsOf({}).CH_PORT).toEqual([undefined, 'default'])
  })

  test('has the DSN with its password masked and the protection in force', () => {
    const dsnOf = (dsn: string) => rowsOf({ TORGHUT_DB_DSN: dsn, TORGHUT_DB_CA_CERT: 'system' }).TORGHUT_DB_DSN
    expect(dsnOf('postgresql://reader:secret@db.example/torghut')).toEqual([
      'postgresql://reader:***@db.example:5432/torghut?sslmode=verify-full',
      'environment',
    ])
    expect(dsnOf('postgresql://reader@/torghut?host=/run&password=secret')).toEqual([
      'postgresql://reader:***@%2Frun:5432/torghut?sslmode=disable',
      'environment',
    ])
    expect(dsnOf('postgresql://reader@[::1]/torghut')).toEqual([
      'postgresql://reader@[::1]:5432/torghut?sslmode=disable',
      'environment',
    ])
  })

  test('masks the password of ClickHouse and says where it comes from', () => {
    expect(rowsOf({ CH_HOST: 'ch', CH_PASSWORD: 'secret' }).CH_PASSWORD).toEqual(['***', 'environment'])
    expect(rowsOf({ CH_HOST: 'ch', CH_PASSWORD_FILE: '/p' }, { files: { '/p': 'secret' } })).toMatchObject({
      CH_PASSWORD: ['***', 'file'],
      CH_PASSWORD_FILE: ['/p', 'environment'],
    })
  })

  test('does not print a whole certificate', () => {
    const environment = { TORGHUT_DB_DSN: 'postgresql://reader@db.example/torghut', TORGHUT_DB_CA_CERT: CERTIFICATE }
    expect(rowsOf(environment).TORGHUT_DB_CA_CERT).toEqual(['PEM text', 'environment'])
  })

  test('marks the secrets', () => {
    const secrets = describeConfig(configOf({})).filter(({ isSecret }) => isSecret)
    expect(secrets.map(({ key }) => key)).toEqual([
      'TORGHUT_DB_DSN',
      'CH_PASSWORD',
      'QUANT_STORE_DSN',
      'QUANT_SERIES_CLICKHOUSE_URL',
      'QUANT_API_TOKENS',
      'QUANT_METRICS_TOKEN',
    ])
  })

  test('has the keys of the file after the variables', () => {
    const text = `
money_decimals: 3
strategies: { one: { calendar: 24x7 } }
instruments: { BTC/USD: { lot_size: 0.5 } }
calendars: { XNYS: { closed: [2026-07-15], early_closes: [{ date: 2026-07-16, closes_at: 13:00 }] } }
`
    const rows = describeConfig(configOf({ QUANT_CONFIG: '/q.yaml' }, { files: { '/q.yaml': text } }))
    const ofFile = rows.slice(settingEntries().length)
    expect(ofFile.map(({ key, value, source }) => [key, value, source])).toEqual([
      ['money_decimals', '3', 'file'],
      ['strategies.one.calendar', '24x7', 'file'],
      ['instruments.BTC/USD.lot_size', '0.5', 'file'],
      ['calendars.XNYS.closed[0]', '2026-07-15', 'file'],
      ['calendars.XNYS.early_closes[0].date', '2026-07-16', 'file'],
      ['calendars.XNYS.early_closes[0].closes_at', '13:00', 'file'],
    ])
  })
})
