import { isLoopback } from '../domain/connections.js'
import { SETTINGS, type SettingName } from './environment.js'
import type { EnvironmentReading } from './read-environment.js'
import { isToken, TOKEN_RULE } from './setting.js'
import { type ReadFile, readSettingFile } from './setting-file.js'

/** Who may read over HTTP. */
export interface ApiAccess {
  /** Any of them opens the API; empty: it asks for none. */
  readonly tokens: readonly string[]
  /** Undefined: /metrics asks for none. */
  readonly metricsToken: string | undefined
  /** The origins whose pages may read the API from a browser; empty: none. */
  readonly origins: readonly string[]
  readonly trustedProxies: number
  /** Of each token, or each address. */
  readonly requestsPerSecond: number
}

/** Tokens and origins; what is wrong goes to the problems, which no token ever enters. */
export function readApiAccess(reading: EnvironmentReading, readFile: ReadFile, problems: string[]): ApiAccess {
  const { values } = reading
  const before = problems.length
  const tokens = tokensOf('apiTokens', 'apiTokensFile', reading, readFile, problems)
  const isAsked = tokens.length > 0 || problems.length > before || reading.malformed.has('apiTokens')
  const [metricsToken, ...more] = tokensOf('metricsToken', 'metricsTokenFile', reading, readFile, problems)
  if (more.length > 0) problems.push(`${SETTINGS.metricsTokenFile.key} names a file of several tokens; keep one`)
  if (!isAsked) refuseUnguarded(reading, problems)
  return {
    tokens,
    metricsToken,
    origins: values.apiOrigins ?? [],
    trustedProxies: values.trustedProxies,
    requestsPerSecond: values.apiRequestsPerSecond,
  }
}

function tokensOf(
  inline: SettingName & ('apiTokens' | 'metricsToken'),
  inFile: SettingName & ('apiTokensFile' | 'metricsTokenFile'),
  { values }: EnvironmentReading,
  readFile: ReadFile,
  problems: string[],
): readonly string[] {
  const path = values[inFile]
  const given = values[inline]
  if (path === undefined) return given === undefined ? [] : [given].flat()
  const key = SETTINGS[inFile].key
  if (given !== undefined) {
    problems.push(`${SETTINGS[inline].key} and ${key} are both set; keep one`)
    return []
  }
  const text = readSettingFile(key, path, readFile, problems)
  if (text === undefined) return []
  const lines = text.split('\n').map((line) => line.trim())
  const tokens = lines.filter((line) => line !== '' && !line.startsWith('#'))
  if (tokens.length === 0) problems.push(`${key} names a file that holds no token`)
  for (const [index, line] of lines.entries()) {
    if (tokens.includes(line) && !isToken(line))
      problems.push(`${key} names a file whose line ${index + 1} is no token (it is not shown); one is ${TOKEN_RULE}`)
  }
  return tokens
}

/** Beyond loopback anybody may ask: that nobody has to say who they are must be said. */
function refuseUnguarded({ values, malformed }: EnvironmentReading, problems: string[]): void {
  const names = ['listen', 'apiEnabled', 'apiAnonymous'] as const
  if (names.some((name) => malformed.has(name)) || !values.apiEnabled || values.apiAnonymous) return
  const { host } = values.listen
  if (isLoopback(host)) return
  problems.push(
    `${SETTINGS.listen.key} binds the API to ${host}, where others can read it without a token: set ${SETTINGS.apiTokens.key} to ask for one, ${SETTINGS.apiAnonymous.key}=true to allow that, ${SETTINGS.apiEnabled.key}=false to serve metrics alone, or listen on 127.0.0.1`,
  )
}
