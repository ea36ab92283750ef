import { isIPv6 } from 'node:net'

/** The parts of a Postgres URL; what it says of TLS is as written and not judged yet. */
export interface Dsn {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string | undefined
  readonly sslmode: string | undefined
  readonly sslrootcert: string | undefined
}

const USED_PARAMETERS = ['host', 'port', 'dbname', 'user', 'password', 'sslmode', 'sslrootcert']
/** Others may need these in a DSN that is shared with them; we set our own. */
const IGNORED_PARAMETERS = [
  'application_name',
  'fallback_application_name',
  'connect_timeout',
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'uselibpqcompat',
]

/**
 * Parses `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETER=VALUE`; a string says what is wrong with it.
 *
 * Not the driver's own parser: that one reads `require` and `verify-ca` as `verify-full`, ignores what it does not know,
 * and names parts of what it was given in its errors. Here no message holds a part of the text that can be a secret,
 * and an unencoded `@ / ?` in a password, which moves the borders between the parts, is recognised instead of guessed at.
 */
export function parseDsn(text: string): Dsn | string {
  const match = /^postgres(?:ql)?:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text.trim())
  if (match === null) return 'it must begin with postgresql:// or postgres://'
  const [, authority = '', path = '', query = ''] = match
  if (`${path}?${query}`.includes('@')) return 'the user or password holds a character that must be percent-encoded'
  const userEnd = authority.lastIndexOf('@')
  const userInfo = userEnd < 0 ? '' : authority.slice(0, userEnd)
  const passwordAt = userInfo.indexOf(':')
  const place = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority.slice(userEnd + 1))
  if (place === null) {
    return userEnd < 0 && authority.includes(':')
      ? 'what follows the host is no port, or user and password are not followed by @HOST'
      : 'the host is malformed, or several are given; name one'
  }
  try {
    const parameters = parseParameters(query)
    if (typeof parameters === 'string') return parameters
    const bracketed = place[1]
    if (bracketed !== undefined && !isIPv6(bracketed)) return 'the address in brackets is not an IPv6 address'
    const user = parameters.get('user') ?? decode(passwordAt < 0 ? userInfo : userInfo.slice(0, passwordAt))
    return checked({
      host: parameters.get('host') ?? bracketed ?? decode(place[2] ?? ''),
      port: Number(parameters.get('port') || place[3] || 5432),
      database: parameters.get('dbname') || decode(path) || user,
      user,
      password: parameters.get('password') ?? (passwordAt < 0 ? undefined : decode(userInfo.slice(passwordAt + 1))),
      sslmode: parameters.get('sslmode'),
      sslrootcert: parameters.get('sslrootcert'),
    })
  } catch (error) {
    if (error instanceof URIError) return 'it holds a % that begins no percent-encoding; write % as %25'
    throw error
  }
}

function decode(text: string): string {
  return decodeURIComponent(text)
}

function parseParameters(query: string): ReadonlyMap<string, string> | string {
  const parameters = new Map<string, string>()
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    if (IGNORED_PARAMETERS.includes(name)) continue
    if (!USED_PARAMETERS.includes(name) || equals < 0)
      return `it has a parameter that is not used here; remove all but ${USED_PARAMETERS.join(', ')}`
    if (parameters.has(name)) return `it has the parameter ${name} twice; keep one`
    parameters.set(name, decode(pair.slice(equals + 1)))
  }
  return parameters
}

function checked(dsn: Dsn): Dsn | string {
  if (dsn.host === '') return 'it names no host'
  if (!/^(\/[^,]*|[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+)$/.test(dsn.host)) {
    return 'the host is malformed, or several are given; name one'
  }
  if (!(Number.isInteger(dsn.port) && dsn.port >= 1 && dsn.port <= 65_535)) return 'the port must be from 1 to 65535'
  if (dsn.user === '') return 'it names no user'
  const named = `${dsn.host}${dsn.user}${dsn.database}${dsn.password ?? ''}${dsn.sslmode ?? ''}${dsn.sslrootcert ?? ''}`
  if (/\p{Cc}/u.test(named)) return 'it holds a control character, such as the end of a line'
  return dsn
}
