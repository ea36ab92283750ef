import { type ClickHouseException, clickHouseException } from './clickhouse-exception.js'

/** One statement as it came over HTTP. */
export interface ClickHouseStatement {
  /** SQL; for an insert its data follows in the same text, after a line feed. */
  readonly sql: string
  /** Undefined: the engine's default database. */
  readonly database: string | undefined
  /** Values of `{name:Type}` in ClickHouse's escaped text form, by name. */
  readonly parameters: ReadonlyMap<string, string>
  /** Output format of a statement without a FORMAT clause. */
  readonly defaultFormat: string
  /** True for GET, which never writes. */
  readonly readOnly: boolean
}

/** How ClickHouse names a `{name:Type}`; checked because the name becomes part of a SET. */
const PARAMETER_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * The statement of a request, or why it is refused.
 *
 * The client sends `query_id`, `database`, `query` and `param_*` by itself; `default_format` is for people. ClickHouse
 * takes every other query parameter for a setting, and Torghut's read-only users may send none, so neither may ours: a
 * setting that slips into production code fails here first.
 */
export function readStatement(
  method: string,
  search: URLSearchParams,
  body: string,
): { readonly statement: ClickHouseStatement } | { readonly refusal: ClickHouseException } {
  const parameters = new Map<string, string>()
  for (const [name, value] of search) {
    if (name.startsWith('param_')) {
      const parameter = name.slice('param_'.length)
      if (!PARAMETER_NAME.test(parameter)) return { refusal: badParameterName(name) }
      parameters.set(parameter, value)
    } else if (!['query', 'query_id', 'database', 'default_format'].includes(name)) {
      return { refusal: clickHouseException(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode.`) }
    }
  }
  const query = search.get('query') ?? ''
  const sql = query === '' || body === '' ? query + body : `${query}\n${body}`
  if (sql.trim() === '') return { refusal: clickHouseException(62, 'SYNTAX_ERROR', 'Empty query.') }
  return {
    statement: {
      sql,
      database: search.get('database') || undefined,
      parameters,
      defaultFormat: search.get('default_format') || 'TabSeparated',
      readOnly: method !== 'POST',
    },
  }
}

function badParameterName(name: string): ClickHouseException {
  return clickHouseException(
    36,
    'BAD_ARGUMENTS',
    `'${name}' is not a query parameter's name: letters, digits and _ only.`,
  )
}

/**
 * The statements that put a connection into the state which the request asks for; to be run before its SQL.
 *
 * `SET param_x` and not the engine's own binding: that one drops the milliseconds of times and escapes a second time
 * what the client has escaped.
 */
export function preparationOf({ database, parameters, readOnly }: ClickHouseStatement): string[] {
  const settings = [...parameters].map(([name, value]) => `param_${name} = ${stringLiteral(value)}`)
  return [
    ...(database === undefined ? [] : [`USE \`${database.replace(/[\\`]/g, '\\$&')}\``]),
    ...(settings.length === 0 ? [] : [`SET ${settings.join(', ')}`]),
    ...(readOnly ? ['SET readonly = 2'] : []),
  ]
}

/** A ClickHouse string literal; backslash and quote are the only two that could end it. */
function stringLiteral(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
}
