import fc from 'fast-check'
import { describeConfig } from '../../../src/config/describe.js'
import { settingEntries } from '../../../src/config/environment.js'
import type { Environment } from '../../../src/config/read-environment.js'
import { configOf, type Surroundings } from './reading.js'

/** Everything that can be read of a configuration, whether it is accepted or refused. */
function everythingSaid(environment: Environment, surroundings?: Surroundings): string {
  try {
    return JSON.stringify(describeConfig(configOf(environment, surroundings)))
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack}\n${JSON.stringify(error)}` : String(error)
  }
}

/** Pieces that no message holds by itself, with every character between them that moves borders in a URL. */
const secret = fc
  .tuple(
    fc.constantFrom('Zq7', 'Xj9'),
    fc.string({ unit: fc.constantFrom(...'@:/?#%&=[]+., \\\'"$a1-_~\n'), maxLength: 6 }),
    fc.constantFrom('kW4v', 'pY8b'),
  )
  .map((parts) => parts.join(''))

const AROUND: fc.Arbitrary<(password: string) => string> = fc.constantFrom(
  (password) => `postgresql://reader:${password}@db.example/torghut`,
  (password) => `postgresql://reader:${password}@db.example:6543/torghut?sslmode=disable`,
  (password) => `postgresql://reader:${encodeURIComponent(password)}@localhost/torghut`,
  (password) => `postgresql://reader@localhost/torghut?password=${encodeURIComponent(password)}`,
  (password) => `postgresql://reader@localhost/torghut?password=${password}`,
  (password) => `postgresql://reader:${password}`,
  (password) => `postgres://reader:${password}@`,
  (password) => `mysql://reader:${password}@db.example/torghut`,
  (password) => `host=db.example user=reader password=${password}`,
  (password) => password,
)

describe('a secret', () => {
  test('is in no message and no description, as a password in a DSN, well-formed or not', () => {
    fc.assert(
      fc.property(secret, AROUND, (password, around) => {
        const said = everythingSaid({ TORGHUT_DB_DSN: around(password) })
        // Not even one end of it, cut off where the URL was misread.
        for (const piece of ['Zq7', 'Xj9', 'kW4v', 'pY8b']) expect(said).not.toContain(piece)
      }),
      { numRuns: 2000 },
    )
  })

  test('is in no message and no description, as any secret setting or unknown variable', () => {
    const keys = settingEntries().flatMap(([, { key, isSecret }]) => (isSecret ? [key] : []))
    fc.assert(
      fc.property(secret, fc.constantFrom(...keys, 'QUANT_API_TOKENS'), fc.boolean(), (value, key, isBroken) => {
        const others = { CH_HOST: 'ch.example', ...(isBroken ? { QUANT_POLL_INTERVAL_MS: '-1' } : {}) }
        const said = everythingSaid({ ...others, [key]: value })
        for (const piece of ['Zq7', 'Xj9', 'kW4v', 'pY8b']) expect(said).not.toContain(piece)
      }),
      { numRuns: 500 },
    )
  })

  test('is in no message and no description, as the content of a file or in place of its path', () => {
    const keys = ['CH_PASSWORD', 'TORGHUT_DB_DSN', 'QUANT_STORE_DSN', 'QUANT_SERIES_CLICKHOUSE_URL'] as const
    fc.assert(
      fc.property(secret, fc.constantFrom(...keys), (password, key) => {
        const file = { CH_HOST: 'ch.example', [`${key}_FILE`]: '/p' }
        const said = [
          everythingSaid(file, { files: { '/p': password } }),
          everythingSaid({ ...file, QUANT_LISTN: 'x' }, { files: { '/p': password } }),
          everythingSaid({ CH_HOST: 'ch.example', [`${key}_FILE`]: password }),
        ].join('\n')
        for (const piece of ['Zq7', 'Xj9', 'kW4v', 'pY8b']) expect(said).not.toContain(piece)
      }),
    )
  })

  test('is not in a URL that was pasted where a host belongs', () => {
    fc.assert(
      fc.property(secret, (password) => {
        const said = everythingSaid({ CH_HOST: `http://reader:${password}@ch.example:8123` })
        for (const piece of ['Zq7', 'Xj9', 'kW4v', 'pY8b']) expect(said).not.toContain(piece)
      }),
    )
  })

  test('of a DSN or URL in a file is taken without its last line break, and shown as masked', () => {
    const files = {
      '/t': 'postgresql://reader:Zq7@localhost/torghut\n',
      '/s': 'postgresql://quant:Xj9@localhost/quant',
      '/c': 'http://quant:kW4v@127.0.0.1:8123/quant\r\n',
    }
    const config = configOf(
      { TORGHUT_DB_DSN_FILE: '/t', QUANT_STORE_DSN_FILE: '/s', QUANT_SERIES_CLICKHOUSE_URL_FILE: '/c' },
      { files },
    )
    const series = config.series?.place
    expect(config.torghut).toMatchObject({ password: 'Zq7', database: 'torghut' })
    expect(config.store?.connection).toMatchObject({ password: 'Xj9', database: 'quant' })
    expect(series).toMatchObject({ connection: { password: 'kW4v', database: 'quant' } })
    const told = new Map(describeConfig(config).map(({ key, value, source }) => [key, [value, source]]))
    expect(told.get('TORGHUT_DB_DSN')).toEqual([
      'postgresql://reader:***@localhost:5432/torghut?sslmode=disable',
      'file',
    ])
    expect(told.get('QUANT_STORE_DSN')).toEqual(['***', 'file'])
    expect(told.get('QUANT_SERIES_CLICKHOUSE_URL')).toEqual(['***', 'file'])
    expect(told.get('QUANT_STORE_DSN_FILE')).toEqual(['/s', 'environment'])
  })

  test('is where a connection needs it, and nowhere else in the configuration', () => {
    const dsn = 'postgresql://reader:Zq7@localhost/torghut'
    const { torghut, clickhouse, ...rest } = configOf({ TORGHUT_DB_DSN: dsn, CH_HOST: 'ch', CH_PASSWORD: 'Xj9' })
    expect([torghut?.password, clickhouse?.password]).toEqual(['Zq7', 'Xj9'])
    expect([...rest.given]).toEqual([
      ['torghutDsn', '***'],
      ['clickhouseHost', 'ch'],
      ['clickhousePassword', '***'],
    ])
  })
})
