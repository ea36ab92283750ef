import { z } from 'zod'
import { type ListenAddress, SSL_MODES, type SslMode } from '../domain/connections.js'
import type { Shard } from '../domain/shards.js'
import { MINUTE_MS, SECOND_MS } from '../domain/time.js'

/** Where a setting stands in the documentation. */
export const SECTIONS = [
  'Process',
  'Trading database',
  'ClickHouse',
  'Stores',
  'Ticks and reads',
  'Alerts',
  'Addresses',
  'Limits',
] as const
export type Section = (typeof SECTIONS)[number]

/** One environment variable: everything that reading, explaining and refusing it needs. */
export interface Setting<Value> {
  readonly key: string
  readonly section: Section
  readonly description: string
  readonly unit?: string
  /** Its value when it is not set, as it would be written; undefined where it then has none. */
  readonly fallback: string | undefined
  /** What stands in the documentation for a default that depends on something else. */
  readonly fallbackNote?: string
  /** Never shown, whatever is wrong with it. */
  readonly isSecret: boolean
  readonly format: Format<Value>
}

/** How a value is written. */
export interface Format<Value> {
  readonly schema: z.ZodType<Value, string>
  /** Ends the sentence "it must be …". */
  readonly allowed: string
  readonly example: string
}

type Common = Pick<Setting<unknown>, 'key' | 'section' | 'description' | 'unit'>

/** A setting with a default. */
export function setting<Value>(
  common: Common & { readonly fallback: string; readonly format: Format<Value> },
): Setting<Value> {
  return { isSecret: false, ...common }
}

/** A setting that may be absent. */
export function optionalSetting<Value>(
  common: Common & {
    readonly fallbackNote?: string
    readonly isSecret?: boolean
    readonly format: Format<Value>
  },
): Setting<Value | undefined> {
  return { isSecret: false, fallback: undefined, ...common }
}

/** A whole number within limits, both allowed. */
export function wholeNumber(min: number, max: number, example: number, multipleOf = 1): Format<number> {
  const of = multipleOf === 1 ? 'a whole number' : `a whole multiple of ${multipleOf}`
  return {
    schema: z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number)
      .refine((value) => value >= min && value <= max && value % multipleOf === 0),
    allowed: `${of} from ${min} to ${max}`,
    example: String(example),
  }
}

/** A length of time that whole minutes are made of. */
export const divisorOfMinute: Format<number> = {
  schema: z
    .string()
    .regex(/^\d{4,5}$/)
    .transform(Number)
    .refine((value) => value % SECOND_MS === 0 && MINUTE_MS % value === 0),
  allowed: 'whole seconds from 1000 to 60000 that divide a minute: 1000, 2000, 5000, 10000, 30000 and the like',
  example: '10000',
}

/** A name that can stand in a statement as it is. */
export const clusterName: Format<string> = {
  schema: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/),
  allowed: 'the name of a cluster: letters, digits, _ . and -',
  example: 'main',
}

export const flag: Format<boolean> = {
  schema: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false', '1', '0']))
    .transform((value) => value === 'true' || value === '1'),
  allowed: 'true or false',
  example: 'true',
}

export function oneOf<const Value extends string>(values: readonly Value[], example: Value): Format<Value> {
  return {
    schema: z.string().pipe(z.enum(values)),
    allowed: `one of ${values.join(', ')}`,
    example,
  }
}

export const SSL_MODE: Format<SslMode> = {
  ...oneOf(SSL_MODES, 'verify-full'),
  allowed: `one of ${SSL_MODES.join(', ')} (prefer and allow may go on without encryption and are refused)`,
}

/** Any text: it is checked, if at all, together with others. */
export function text(allowed: string, example: string): Format<string> {
  return { schema: z.string(), allowed, example }
}

/** A host without scheme, port or credentials: a name, or an address (IPv6 in brackets or not). */
export const host: Format<string> = {
  schema: z
    .string()
    .regex(/^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]+)$/)
    .transform((value) => value.replace(/^\[|\]$/g, '')),
  allowed: 'a host name or address without scheme, port and credentials',
  example: 'clickhouse.example.internal',
}

const LISTEN_ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/

export const listenAddress: Format<ListenAddress> = {
  schema: z.string().transform((value, context) => {
    const [, address, name, port] = LISTEN_ADDRESS.exec(value) ?? []
    const listensOn = address ?? name
    if (listensOn !== undefined && Number(port) <= 65_535) return { host: listensOn, port: Number(port) }
    context.addIssue({ code: 'custom', message: 'not an address' })
    return z.NEVER
  }),
  allowed: 'host:port with an IPv6 address in brackets; port 0 takes a free one',
  example: '127.0.0.1:9464',
}

/** More than would ever be of use: each of them reads all rows. */
const MOST_SHARDS = 64

/** One of several processes that share the books. */
export const shard: Format<Shard> = {
  schema: z.string().transform((value, context) => {
    const [, index, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? []
    const written = { index: Number(index), count: Number(count) }
    if (written.index < written.count && written.count <= MOST_SHARDS) return written
    context.addIssue({ code: 'custom', message: 'not a shard' })
    return z.NEVER
  }),
  allowed: `i/n, the shard's index from 0 to n − 1 and how many shards there are, at most ${MOST_SHARDS}`,
  example: '0/3',
}

/** Long enough not to be guessed, and of the characters that a header carries as they are. Source: RFC 6750, section 2.1. */
export const TOKEN_RULE = '16 to 512 letters, digits and - . _ ~ + / with = at the end only'

export function isToken(written: string): boolean {
  return written.length >= 16 && written.length <= 512 && /^[A-Za-z0-9._~+/-]+=*$/.test(written)
}

export const token: Format<string> = {
  schema: z.string().trim().refine(isToken),
  allowed: `a token: ${TOKEN_RULE}`,
  example: 'what-openssl-rand-hex-32-prints',
}

/** Several, with commas between them. */
export const tokenList: Format<readonly string[]> = {
  schema: z
    .string()
    .transform((value) => value.split(',').map((item) => item.trim()))
    .refine((tokens) => tokens.every(isToken)),
  allowed: `tokens with commas between them, each ${TOKEN_RULE}`,
  example: 'what-openssl-rand-hex-32-prints',
}

/** Scheme, host and port as a browser writes them: no path, and no port that is the scheme's own. */
export const originList: Format<readonly string[]> = {
  schema: z
    .string()
    .transform((value) => value.split(',').map((item) => item.trim()))
    .refine((origins) => origins.every(isOrigin)),
  allowed:
    'origins with commas between them, each scheme://host or scheme://host:port in lower case and without a path',
  example: 'https://grafana.example.internal',
}

function isOrigin(written: string): boolean {
  return /^https?:[^*]+$/.test(written) && URL.canParse(written) && new URL(written).origin === written
}
