import { isToken, TOKEN_RULE } from '../config/setting.js'
import { readSettingFile } from '../config/setting-file.js'
import { QuantError } from '../domain/errors.js'
import { readTextFile } from '../lib/text-file.js'
import type { CommandContext } from './command.js'

/** Where commands that ask a running exporter look for it. */
export const DEFAULT_URL = 'http://127.0.0.1:9464'
export const TOKEN_VARIABLE = 'QUANT_API_TOKEN'
export const TOKEN_FILE_HELP = `a file that holds the token and nothing else; without it ${TOKEN_VARIABLE} is taken`
const API_PATH = '/api/torghut/trading/control-plane/quant'

/** The address of a path of the API, such as `/gate`, of an exporter that may lie below a path itself. */
export function apiUrl(url: URL, path: string, query: URLSearchParams): string {
  return `${url.origin}${url.pathname.replace(/\/$/, '')}${API_PATH}${path}?${query}`
}

/** The token to send; undefined: none. What is no token is not shown: somebody may have written another secret. */
export function tokenOf({ values, environment }: CommandContext): string | undefined {
  const path = values['token-file']
  const token = path === undefined ? environment[TOKEN_VARIABLE]?.trim() : readToken('--token-file', String(path))
  if (token === undefined || (token === '' && path === undefined)) return undefined
  if (isToken(token)) return token
  throw new QuantError(
    'usage',
    `${path === undefined ? TOKEN_VARIABLE : '--token-file'} holds no token; one is ${TOKEN_RULE}`,
  )
}

/** The text of the file that an option names. */
export function readToken(option: string, path: string): string | undefined {
  const problems: string[] = []
  const text = readSettingFile(option, path, readTextFile, problems)
  if (problems.length > 0) throw new QuantError('usage', problems.join('; '))
  return text?.trim()
}
