import fc from 'fast-check'
import { type Dsn, parseDsn } from '../../../src/config/dsn.js'

const PLAIN: Dsn = {
  host: 'db.example',
  port: 5432,
  database: 'torghut',
  user: 'reader',
  password: undefined,
  sslmode: undefined,
  sslrootcert: undefined,
}

describe('a DSN', () => {
  test('is a URL in either spelling, with or without a line break after it', () => {
    expect(parseDsn('postgresql://reader@db.example/torghut')).toEqual(PLAIN)
    expect(parseDsn('postgres://reader@db.example/torghut\n')).toEqual(PLAIN)
  })

  test('has a port of 5432 and the database of its user, unless given', () => {
    expect(parseDsn('postgresql://reader@db.example:6543/torghut')).toEqual({ ...PLAIN, port: 6543 })
    for (const text of ['postgresql://reader@db.example', 'postgresql://reader@db.example/'])
      expect(parseDsn(text)).toEqual({ ...PLAIN, database: 'reader' })
  })

  test('has user, password and database percent-decoded; a plus sign is a plus sign', () => {
    expect(parseDsn('postgresql://re%40der:p%2Fw%3A%40%25+1@db.example/tor%20ghut')).toEqual({
      ...PLAIN,
      user: 're@der',
      password: 'p/w:@%+1',
      database: 'tor ghut',
    })
  })

  test('takes colons in a password as they are, and the last @ before the host', () => {
    expect(parseDsn('postgresql://reader:a:b@c@db.example/torghut')).toEqual({ ...PLAIN, password: 'a:b@c' })
    expect(parseDsn('postgresql://reader:@db.example/torghut')).toEqual({ ...PLAIN, password: '' })
  })

  test('may name an IPv6 address in brackets', () => {
    expect(parseDsn('postgresql://reader@[::1]:6543/torghut')).toEqual({ ...PLAIN, host: '::1', port: 6543 })
  })

  test('may name the folder of a socket, encoded or as a parameter', () => {
    const socket = { ...PLAIN, host: '/var/run/postgresql' }
    expect(parseDsn('postgresql://reader@/torghut?host=/var/run/postgresql')).toEqual(socket)
    expect(parseDsn('postgresql://reader@%2Fvar%2Frun%2Fpostgresql/torghut')).toEqual(socket)
  })

  test('may say everything by parameters, which go before the rest', () => {
    expect(
      parseDsn('postgresql:///?host=db.example&port=6543&dbname=torghut&user=reader&password=p%26w&sslmode=require'),
    ).toEqual({ ...PLAIN, port: 6543, password: 'p&w', sslmode: 'require' })
    expect(parseDsn('postgresql://reader@db.example/torghut?sslrootcert=%2Fca%20.crt&sslmode=verify-ca')).toEqual({
      ...PLAIN,
      sslmode: 'verify-ca',
      sslrootcert: '/ca .crt',
    })
  })

  test('may hold what tunes other clients', () => {
    expect(
      parseDsn('postgresql://reader@db.example/torghut?application_name=x&connect_timeout=10&keepalives=1'),
    ).toEqual(PLAIN)
  })

  test('survives being written with any user, password and database', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(name, name, name, (user, password, database) => {
        const [u, p, d] = [user, password, database].map(encodeURIComponent)
        expect(parseDsn(`postgresql://${u}:${p}@db.example/${d}`)).toEqual({ ...PLAIN, user, password, database })
      }),
    )
  })
})

describe('a DSN that is wrong', () => {
  test.each([
    ['mysql://reader@db.example/torghut', 'it must begin with postgresql:// or postgres://'],
    ['postgresql+psycopg://reader@db.example/torghut', 'it must begin with postgresql:// or postgres://'],
    ['host=db.example user=reader', 'it must begin with postgresql:// or postgres://'],
    ['postgresql:/reader@db.example', 'it must begin with postgresql:// or postgres://'],
    [
      'postgresql://reader:p/w@db.example/torghut',
      'the user or password holds a character that must be percent-encoded',
    ],
    [
      'postgresql://reader:1?w@db.example/torghut',
      'the user or password holds a character that must be percent-encoded',
    ],
    ['postgresql://reader:100%@db.example/torghut', 'it holds a % that begins no percent-encoding; write % as %25'],
    [
      'postgresql://reader:secret/torghut',
      'what follows the host is no port, or user and password are not followed by @HOST',
    ],
    ['postgresql://reader@a:1,b:2/torghut', 'the host is malformed, or several are given; name one'],
    ['postgresql://reader@a,b/torghut', 'the host is malformed, or several are given; name one'],
    ['postgresql://reader@db example/torghut', 'the host is malformed, or several are given; name one'],
    ['postgresql://reader@[db.example]/torghut', 'the address in brackets is not an IPv6 address'],
    ['postgresql://reader@/torghut', 'it names no host'],
    ['postgresql://db.example/torghut', 'it names no user'],
    ['postgresql://reader@db.example:0/torghut', 'the port must be from 1 to 65535'],
    ['postgresql://reader@db.example:65536/torghut', 'the port must be from 1 to 65535'],
    ['postgresql://reader@db.example/torghut?port=x', 'the port must be from 1 to 65535'],
    [
      'postgresql://reader@db.example/torghut?sslmode=require&sslmode=disable',
      'it has the parameter sslmode twice; keep one',
    ],
    ['postgresql://reader:p%0Aw@db.example/torghut', 'it holds a control character, such as the end of a line'],
  ])('%s is told in one sentence', (text, problem) => {
    expect(parseDsn(text)).toBe(problem)
  })

  test('has a parameter that would be ignored in silence', () => {
    for (const parameter of ['sslcert=/client.crt', 'ssl=true', 'options=-csearch_path%3Dx', 'sslmode'])
      expect(parseDsn(`postgresql://reader@db.example/torghut?${parameter}`)).toBe(
        'it has a parameter that is not used here; remove all but host, port, dbname, user, password, sslmode, sslrootcert',
      )
  })
})
