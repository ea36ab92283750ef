import { X509Certificate } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Authority, createAuthority } from '../support/authority.js'
import type { PolledTorghut } from '../support/polled-torghut.js'
import { hasPostgresServer, type PostgresServer, startPostgresServer } from '../support/postgres-server.js'
import { runCli, startCli } from '../support/process.js'
import { hasProgram } from '../support/programs.js'
import { makeReader } from '../support/reader-role.js'
import { seededTorghut } from '../support/seeded-torghut.js'
import { until } from '../support/until.js'

if (!hasPostgresServer && process.env.CI === 'true')
  throw new Error('postgresql-15 is missing: apt-get install postgresql-15')
const canRun = hasPostgresServer && hasProgram('openssl', 'openssl')
const withServer = canRun ? describe : describe.skip

/** Passwords whose two ends are looked for, so that a part that was cut off is found as well. */
const PASSWORD = 'Zq7@/:%?#kW4v'
const WRONG = 'Hb2@/:%?#mT6d'
const CH_PASSWORD = 'Xj9&=;"pY8b'
const ENDS = ['Zq7', 'kW4v', 'Hb2', 'mT6d', 'Xj9', 'pY8b']
const ROLE = 'planted'

withServer('a planted secret (packages postgresql-15, openssl)', () => {
  let authority: Authority
  let server: PostgresServer
  let torghut: PolledTorghut
  let place: string

  beforeAll(async () => {
    authority = createAuthority('torghut-db-ca')
    server = await startPostgresServer({
      tls: authority.issue(['DNS:localhost']),
      hba: [`host all ${ROLE} 127.0.0.1/32 scram-sha-256`],
    })
    torghut = await seededTorghut(server)
    place = `localhost:${server.port}/${torghut.admin.database}`
    makeReader(server, String(torghut.admin.database), { role: ROLE })
    await torghut.admin.query(`ALTER ROLE ${ROLE} PASSWORD '${PASSWORD}'`)
  })

  afterAll(async () => {
    await torghut?.stop()
    await server?.stop()
  })

  /** The password as it is, percent-encoded, in base64 as HTTP carries it, and the lines of the CA's PEM text. */
  function expectNoSecret(said: string): void {
    const encoded = [PASSWORD, WRONG, CH_PASSWORD].map((password) =>
      Buffer.from(`reader:${password}`).toString('base64'),
    )
    const pemLines = authority.pem.split('\n').filter((line) => line.length > 0 && !line.startsWith('-----'))
    for (const secret of [...ENDS, ...encoded, ...pemLines, 'BEGIN CERTIFICATE-----\n'])
      expect(said).not.toContain(secret)
  }

  const dsnWith = (password: string, sslmode = 'verify-full') =>
    `postgresql://${ROLE}:${encodeURIComponent(password)}@${place}?sslmode=${sslmode}`

  const withDsn = (dsn: string) => ({
    ...{ JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true', TORGHUT_DB_DSN: dsn, TORGHUT_DB_CA_CERT: authority.pem },
    ...{ CH_HOST: '127.0.0.1', CH_PORT: '1', CH_USER: 'reader', CH_PASSWORD },
    ...{ QUANT_LISTEN: '127.0.0.1:0', QUANT_LOG_LEVEL: 'debug' },
  })

  const CONNECTIONS: readonly (readonly [name: string, environment: () => Record<string, string>])[] = [
    ['good', () => withDsn(dsnWith(PASSWORD))],
    ['of a wrong password', () => withDsn(dsnWith(WRONG))],
    ['without a password', () => withDsn(`postgresql://${ROLE}@${place}?sslmode=verify-full`)],
    [
      'by parameters',
      () =>
        withDsn(
          `postgresql:///?host=localhost&port=${server.port}&user=${ROLE}&password=${encodeURIComponent(WRONG)}&dbname=x`,
        ),
    ],
    [
      'to a port where nobody is',
      () => withDsn(`postgresql://${ROLE}:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/torghut`),
    ],
    [
      'of a CA that is not the server’s',
      () => ({ ...withDsn(dsnWith(PASSWORD)), TORGHUT_DB_CA_CERT: createAuthority('x').pem }),
    ],
    [
      'to a ClickHouse that speaks no TLS',
      () => ({
        ...withDsn(dsnWith(PASSWORD)),
        CH_PORT: String(server.port),
        CH_SECURE: 'true',
        CH_CA_CERT: authority.pem,
      }),
    ],
  ]

  test.each(CONNECTIONS)(
    'is not in what config says of a connection %s',
    async (name, environment) => {
      const runs = await Promise.all(
        [['config'], ['config', '--check', ...(name === 'good' ? ['--json'] : [])]].map((args) =>
          runCli(args, environment()),
        ),
      )
      for (const { out, err } of runs) {
        expect(out.length).toBeGreaterThan(50)
        expectNoSecret(out + err)
        // The planted password is the right one.
        if (name === 'good') expect(out).toMatch(/15\.\d+ \(/)
      }
    },
    60_000,
  )

  test.each(CONNECTIONS)(
    'is in no line of the log and no answer of serve with a connection %s',
    async (name, environment) => {
      // Both forms of the log where it says most, one of them elsewhere.
      for (const format of /good|wrong/.test(name) ? ['json', 'pretty'] : ['pretty']) {
        const cli = startCli(['serve'], { ...environment(), QUANT_LOG_FORMAT: format })
        let log = ''
        cli.child.stderr?.on('data', (chunk: Buffer) => {
          log += chunk.toString()
        })
        const answers: string[] = []
        try {
          await until(() => /http:\/\/127\.0\.0\.1:\d+/.test(log), 20_000)
          const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0] ?? ''
          await until(() => log.includes('source down'), 30_000)
          await sleep(500)
          const base = '/api/torghut/trading/control-plane/quant'
          for (const path of [
            '/',
            '/metrics',
            '/healthz',
            '/readyz',
            `${base}/health`,
            `${base}/strategies`,
            `${base}/snapshot`,
            `${base}/none`,
          ])
            answers.push(await (await fetch(`${url}${path}`)).text())
        } finally {
          cli.child.kill('SIGTERM')
        }
        const { out, err, code } = await cli.finished
        expect(code).toBe(0)
        expect(answers.join('\n')).toContain(name === 'good' ? 'ingest:clickhouse' : 'ingest:postgres')
        expectNoSecret([out, err, ...answers].join('\n'))
      }
    },
    120_000,
  )

  test('is not in the refusal of settings that are wrong', async () => {
    const key = (text: string) => ({ TORGHUT_DB_DSN: text })
    const broken = `${authority.pem.split('\n').slice(0, 4).join('\n')}\n-----END CERTIFICATE-----`
    const settings: Record<string, string>[] = [
      key(`host=db.example user=reader password=${PASSWORD} dbname=torghut`),
      key(`host=db.example user=reader password='${PASSWORD}'`),
      key(`postgresql://reader:${PASSWORD}@db.example/torghut`),
      key(`postgres//reader:${encodeURIComponent(PASSWORD)}@db.example/torghut`),
      key(`postgresql://reader:${encodeURIComponent(PASSWORD)}@db.example/torghut?sslmode=prefer`),
      key(`postgresql://reader:${encodeURIComponent(PASSWORD)}@db.example/torghut?ssl=${PASSWORD}`),
      key(dsnWith(PASSWORD)),
      { ...key(dsnWith(PASSWORD)), TORGHUT_DB_CA_CERT: broken },
      { ...key(dsnWith(PASSWORD)), TORGHUT_DB_CA_CERT: PASSWORD },
      { ...key(dsnWith(PASSWORD)), TORGHUT_DB_SSLMODE: dsnWith(WRONG) },
      { CH_PASSWORD, QUANT_LISTEN: 'nowhere' },
      { CH_HOST: `http://reader:${CH_PASSWORD}@ch.example`, CH_PASSWORD },
      { CH_HOST: 'ch.example', CH_PASSWORD, CH_PASSWORD_FILE: CH_PASSWORD },
      { CH_HOST: 'ch.example', CH_SECURE: 'true', CH_CA_CERT: CH_PASSWORD },
      { QUANT_DB_PASSWORD: PASSWORD, QUANT_CONFIG: PASSWORD },
    ]
    const refusals = await Promise.all(
      settings.map((environment, index) =>
        runCli(index % 2 === 0 ? ['serve'] : ['config', '--check'], {
          JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED: 'true',
          ...environment,
        }),
      ),
    )
    for (const { out, err, code } of refusals) {
      expect(code).toBe(1)
      expectNoSecret(out + err)
    }
  }, 120_000)

  test('is not in what simulate says of databases that it cannot use', async () => {
    const clickhouse = (credentials: string) => ['--clickhouse', `http://${credentials}127.0.0.1:1`]
    for (const args of [
      ['--dsn', dsnWith(WRONG, 'require'), ...clickhouse('')],
      [
        '--dsn',
        `postgresql://reader:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/x`,
        ...clickhouse(`reader:${encodeURIComponent(CH_PASSWORD)}@`),
      ],
      ['--dsn', `postgresql://reader:${PASSWORD}@127.0.0.1:1/x`, ...clickhouse('')],
      ['--dsn', `not a dsn ${PASSWORD}`, ...clickhouse('')],
      ['--dsn', 'postgresql://postgres@127.0.0.1:1/x', '--clickhouse', `not a url ${CH_PASSWORD}`],
    ]) {
      const { out, err, code } = await runCli(['simulate', '--history-only', ...args])
      expect(code).toBe(1)
      expectNoSecret(out + err)
    }
  }, 60_000)

  test('would be found: the search sees each of them where it stands', () => {
    expect(new X509Certificate(authority.pem).subject).toBe('CN=torghut-db-ca')
    for (const said of [PASSWORD, WRONG, `a ${CH_PASSWORD}`, authority.pem, encodeURIComponent(PASSWORD)])
      expect(() => expectNoSecret(said)).toThrow()
  })
})
