import type { PostgresTls } from '../../../src/domain/connections.js'
import { CERTIFICATE } from './certificate.js'
import { configOf, problemsOf } from './reading.js'

const REMOTE = 'postgresql://reader:secret@db.example/torghut'
const FILES = {
  '/ca.crt': CERTIFICATE,
  '/empty.crt': '',
  '/key.pem': '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----',
}
const CA_FILE = { kind: 'file', path: '/ca.crt' }

function tlsOf(environment: Record<string, string>): PostgresTls | undefined {
  return configOf(environment, { files: FILES }).torghut?.tls
}

function tlsProblems(environment: Record<string, string>): readonly string[] {
  return problemsOf(environment, { files: FILES })
}

const NEEDS_CA = (mode: string) =>
  `sslmode ${mode} needs the CA of the database server: set TORGHUT_DB_CA_CERT to its path or PEM text, or to system where a public authority signed the server's certificate (sslmode=disable in TORGHUT_DB_DSN goes without TLS)`

describe('the protection of the database connection', () => {
  test('is verify-full for a host that is not this machine', () => {
    expect(tlsOf({ TORGHUT_DB_DSN: REMOTE, TORGHUT_DB_CA_CERT: '/ca.crt' })).toEqual({
      mode: 'verify-full',
      ca: CA_FILE,
    })
    for (const host of ['127.0.0.1.example', '10.0.0.1', 'localhost.example', '[::2]', '127.1'])
      expect(tlsProblems({ TORGHUT_DB_DSN: `postgresql://reader@${host}/torghut` })).toEqual([NEEDS_CA('verify-full')])
  })

  test('is none on loopback and through a socket', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '[::1]', '%2Fvar%2Frun'])
      expect(tlsOf({ TORGHUT_DB_DSN: `postgresql://reader@${host}/torghut` })).toEqual({ mode: 'disable' })
  })

  test('is what the DSN says, else TORGHUT_DB_SSLMODE, else PGSSLMODE', () => {
    const ours = { TORGHUT_DB_CA_CERT: '/ca.crt', TORGHUT_DB_SSLMODE: 'verify-ca', PGSSLMODE: 'disable' }
    expect(tlsOf({ ...ours, TORGHUT_DB_DSN: `${REMOTE}?sslmode=require` })).toEqual({ mode: 'require', ca: CA_FILE })
    expect(tlsOf({ ...ours, TORGHUT_DB_DSN: REMOTE })).toEqual({ mode: 'verify-ca', ca: CA_FILE })
    expect(tlsOf({ ...ours, TORGHUT_DB_DSN: REMOTE, TORGHUT_DB_SSLMODE: '' })).toEqual({ mode: 'disable' })
    expect(tlsOf({ TORGHUT_DB_DSN: 'postgresql://reader@localhost/torghut', PGSSLMODE: 'require' })).toEqual({
      mode: 'require',
      ca: undefined,
    })
  })

  test('is none through a socket, whatever is said', () => {
    expect(tlsOf({ TORGHUT_DB_DSN: 'postgresql://reader@/torghut?host=/run', PGSSLMODE: 'verify-full' })).toEqual({
      mode: 'disable',
    })
  })

  test('takes the CA as a path, as PEM text, with real or written line ends, or as system', () => {
    const tls = (ca: string) => tlsOf({ TORGHUT_DB_DSN: REMOTE, TORGHUT_DB_CA_CERT: ca })
    expect(tls('/ca.crt')).toEqual({ mode: 'verify-full', ca: CA_FILE })
    const pem = CERTIFICATE.trim()
    expect(tls(pem)).toEqual({ mode: 'verify-full', ca: { kind: 'pem', pem } })
    expect(tls(pem.replaceAll('\n', '\\n'))).toEqual({ mode: 'verify-full', ca: { kind: 'pem', pem } })
    expect(tls('system')).toEqual({ mode: 'verify-full', ca: { kind: 'system' } })
  })

  test('takes sslrootcert before TORGHUT_DB_CA_CERT', () => {
    const dsn = `${REMOTE}?sslrootcert=/ca.crt`
    expect(tlsOf({ TORGHUT_DB_DSN: dsn, TORGHUT_DB_CA_CERT: '/missing.crt' })).toEqual({
      mode: 'verify-full',
      ca: CA_FILE,
    })
  })

  test('does not look at a CA that is not used', () => {
    expect(tlsOf({ TORGHUT_DB_DSN: `${REMOTE}?sslmode=disable`, TORGHUT_DB_CA_CERT: '/missing.crt' })).toEqual({
      mode: 'disable',
    })
  })
})

describe('a protection that is refused', () => {
  const ALLOWED =
    'one of disable, require, verify-ca, verify-full (prefer and allow may go on without encryption and are refused)'

  test('is prefer and allow, wherever it is said', () => {
    const ca = { TORGHUT_DB_CA_CERT: '/ca.crt' }
    expect(tlsProblems({ ...ca, TORGHUT_DB_DSN: `${REMOTE}?sslmode=prefer` })).toEqual([
      `sslmode in TORGHUT_DB_DSN is 'prefer'; it must be ${ALLOWED}`,
    ])
    expect(tlsProblems({ ...ca, TORGHUT_DB_DSN: REMOTE, PGSSLMODE: 'allow' })).toEqual([
      `PGSSLMODE is 'allow'; it must be ${ALLOWED}`,
    ])
    expect(tlsProblems({ TORGHUT_DB_DSN: REMOTE, TORGHUT_DB_SSLMODE: 'verify_full' })).toEqual([
      `TORGHUT_DB_SSLMODE is 'verify_full'; it must be ${ALLOWED}, such as TORGHUT_DB_SSLMODE=verify-full`,
    ])
  })

  test('is a malformed TORGHUT_DB_SSLMODE also where the DSN decides, but not a PGSSLMODE that is for others', () => {
    const dsn = { TORGHUT_DB_DSN: `${REMOTE}?sslmode=disable` }
    expect(tlsProblems({ ...dsn, PGSSLMODE: 'prefer' })).toEqual([])
    expect(tlsProblems({ ...dsn, TORGHUT_DB_SSLMODE: 'prefer' })).toHaveLength(1)
    expect(tlsProblems({ PGSSLMODE: 'prefer' })).toEqual([])
  })

  test('is verify-ca and verify-full without a CA', () => {
    for (const mode of ['verify-ca', 'verify-full'])
      expect(tlsProblems({ TORGHUT_DB_DSN: `${REMOTE}?sslmode=${mode}` })).toEqual([NEEDS_CA(mode)])
  })

  test('is a CA that cannot be read or is none', () => {
    const problem = (ca: string) => tlsProblems({ TORGHUT_DB_DSN: REMOTE, TORGHUT_DB_CA_CERT: ca })
    expect(problem('/missing.crt')).toEqual([
      'TORGHUT_DB_CA_CERT names a file that cannot be read: there is no such file',
    ])
    for (const path of ['/empty.crt', '/key.pem'])
      expect(problem(path)).toEqual([
        'TORGHUT_DB_CA_CERT names a file without a readable certificate; it must hold BEGIN CERTIFICATE … END CERTIFICATE',
      ])
    expect(problem('-----BEGIN PRIVATE KEY-----')).toEqual([
      'TORGHUT_DB_CA_CERT is PEM text without a readable certificate; it must hold BEGIN CERTIFICATE … END CERTIFICATE',
    ])
    expect(tlsProblems({ TORGHUT_DB_DSN: `${REMOTE}?sslrootcert=/missing.crt` })).toEqual([
      'sslrootcert in TORGHUT_DB_DSN names a file that cannot be read: there is no such file',
    ])
  })

  test('is a public authority without the host name', () => {
    for (const mode of ['require', 'verify-ca'])
      expect(tlsProblems({ TORGHUT_DB_DSN: `${REMOTE}?sslmode=${mode}`, TORGHUT_DB_CA_CERT: 'system' })).toEqual([
        'TORGHUT_DB_CA_CERT is system, where sslmode must be verify-full: a public authority signs for anybody',
      ])
  })
})
