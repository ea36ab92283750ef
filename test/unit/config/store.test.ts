import { CERTIFICATE } from './certificate.js'
import { configOf, problemsOf } from './reading.js'

const DSN = 'postgresql://quant:s3cret@store.example/quant'
const CA = { files: { '/ca.crt': CERTIFICATE } }

describe('the own store', () => {
  test('is none unless a DSN is given', () => {
    expect(configOf({}).store).toBeUndefined()
  })

  test('is verified beyond loopback, by the CA that is named', () => {
    expect(configOf({ QUANT_STORE_DSN: DSN, QUANT_STORE_CA_CERT: '/ca.crt' }, CA).store).toEqual({
      connection: {
        ...{ host: 'store.example', port: 5432, database: 'quant', user: 'quant', password: 's3cret' },
        tls: { mode: 'verify-full', ca: { kind: 'file', path: '/ca.crt' } },
      },
      ...{ timeoutMs: 5_000, migrates: true, latestPeriodMs: 10_000 },
    })
  })

  test('goes without TLS on loopback, and says what it may do', () => {
    const store = configOf({
      QUANT_STORE_DSN: 'postgresql://quant@127.0.0.1/quant',
      QUANT_STORE_TIMEOUT_MS: '2000',
      QUANT_STORE_MIGRATE: 'false',
      JANGAR_TORGHUT_QUANT_LATEST_SAMPLING_MS: '5000',
    }).store
    expect(store).toMatchObject({ connection: { tls: { mode: 'disable' } }, timeoutMs: 2_000, migrates: false })
    expect(store?.latestPeriodMs).toBe(5_000)
  })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no CA', { QUANT_STORE_DSN: DSN }, /needs the CA .* set QUANT_STORE_CA_CERT .*sslmode=disable in QUANT_STORE_DSN/],
    ['no DSN', { QUANT_STORE_DSN: 'mysql://store' }, /^QUANT_STORE_DSN is malformed \(its value is not shown\)/],
    [
      'settings that say nothing',
      { QUANT_STORE_MIGRATE: 'true', QUANT_STORE_TIMEOUT_MS: '1000' },
      /^QUANT_STORE_TIMEOUT_MS and QUANT_STORE_MIGRATE are set but QUANT_STORE_DSN is not/,
    ],
    ['a mode of another program', { QUANT_STORE_DSN: DSN, PGSSLMODE: 'prefer' }, /^PGSSLMODE is 'prefer'; it must be/],
  ])('refuses %s', (_name, environment, problem) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(problem)])
  })

  test('keeps its password out of what is wrong with it', () => {
    expect(JSON.stringify(problemsOf({ QUANT_STORE_DSN: `${DSN}?sslmode=never` }))).not.toContain('s3cret')
  })
})
