import { preparationOf, readStatement } from '../../../src/embedded/clickhouse-request.js'

const read = (search: string, body = '', method = 'POST') => readStatement(method, new URLSearchParams(search), body)

const plain = { database: undefined, parameters: new Map(), defaultFormat: 'TabSeparated', readOnly: false }

describe('readStatement', () => {
  test('takes the SQL from the body', () => {
    expect(read('', 'SELECT 1')).toEqual({ statement: { ...plain, sql: 'SELECT 1' } })
  })

  test('takes the SQL from the query parameter, read-only for GET', () => {
    expect(read('query=SELECT+1', '', 'GET')).toEqual({ statement: { ...plain, sql: 'SELECT 1', readOnly: true } })
  })

  test('puts the data of an insert on the line after its SQL', () => {
    expect(read('query=INSERT+INTO+t+FORMAT+CSV', '1\n2\n')).toEqual({
      statement: { ...plain, sql: 'INSERT INTO t FORMAT CSV\n1\n2\n' },
    })
  })

  test('takes database, default format, parameters and query id', () => {
    expect(read('database=torghut&default_format=CSV&param_a=1&param_b_2=x%27y&query_id=q', 'SELECT 1')).toEqual({
      statement: {
        sql: 'SELECT 1',
        database: 'torghut',
        defaultFormat: 'CSV',
        parameters: new Map([
          ['a', '1'],
          ['b_2', "x'y"],
        ]),
        readOnly: false,
      },
    })
  })

  test.each(['max_threads', 'session_id', 'enable_http_compression', 'wait_end_of_query', 'user', 'role'])(
    'refuses %s as a setting',
    (name) => {
      expect(read(`database=torghut&${name}=1`, 'SELECT 1')).toEqual({
        refusal: {
          code: 164,
          status: 400,
          text: `Code: 164. DB::Exception: Cannot modify '${name}' setting in readonly mode. (READONLY)`,
        },
      })
    },
  )

  test.each(['param_', 'param_1a', 'param_a;b', 'param_a b'])('refuses %j as the name of a parameter', (name) => {
    const search = new URLSearchParams([[name, '1']])
    expect(readStatement('POST', search, 'SELECT 1')).toMatchObject({ refusal: { code: 36, status: 400 } })
  })

  test.each(['', ' \n'])('refuses the empty query %j', (body) => {
    expect(read('', body)).toEqual({
      refusal: { code: 62, status: 400, text: 'Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)' },
    })
  })
})

describe('preparationOf', () => {
  const statement = { ...plain, sql: 'SELECT 1' }

  test('needs nothing for a plain statement', () => {
    expect(preparationOf(statement)).toEqual([])
  })

  test('uses the database, sets all parameters at once and forbids writing last', () => {
    const parameters = new Map([
      ['t', '1700000000.123'],
      ['s', 'x'],
    ])
    expect(preparationOf({ ...statement, database: 'torghut', parameters, readOnly: true })).toEqual([
      'USE `torghut`',
      "SET param_t = '1700000000.123', param_s = 'x'",
      'SET readonly = 2',
    ])
  })

  test('escapes what could end a literal or a name', () => {
    const parameters = new Map([['p', "it's \\ \0; DROP TABLE t"]])
    expect(preparationOf({ ...statement, database: 'a`b\\c', parameters })).toEqual([
      'USE `a\\`b\\\\c`',
      "SET param_p = 'it\\'s \\\\ \\0; DROP TABLE t'",
    ])
  })
})
