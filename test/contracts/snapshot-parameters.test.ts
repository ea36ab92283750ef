import type { z } from 'zod'
import type { FrameReader } from '../../src/domain/ports.js'
import { WINDOWS } from '../../src/domain/window.js'
import { problemSchema } from '../../src/snapshot-api/schemas.js'
import { bookFrame, frameReader, SMALL_DICTIONARY, strategySummary } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

type Problem = z.infer<typeof problemSchema>

async function refused(status: number, query: string, reader?: FrameReader): Promise<Problem> {
  const response = await get(`/snapshot${query}`, reader).expect(status)
  expect(response.headers['content-type']).toBe('application/problem+json')
  const problem = problemSchema.parse(JSON.parse(response.text))
  expect(problem.status).toBe(status)
  return problem
}

const twoAccounts = frameReader({
  books: [
    bookFrame({ account: 'PA-2' }),
    bookFrame({ account: 'PA-1' }),
    bookFrame({ strategyId: 'carry-1', strategyName: 'Carry', account: 'CR' }),
  ],
  strategies: [
    strategySummary({ accounts: ['PA-1', 'PA-2', 'PA-old'] }),
    strategySummary({ strategyId: 'carry-1', name: 'Carry', accounts: ['CR'] }),
    strategySummary({ strategyId: 'idle-1', name: 'Idle', accounts: [], firstFactAt: null, lastFactAt: null }),
  ],
})

describe('malformed parameters of /snapshot', () => {
  test('are told all at once', async () => {
    const problem = await refused(400, '?window=2d&shard=1&account=&metrics=net_pnl,,x&strategy_id=a&strategy_id=b')
    expect(problem).toEqual({
      type: 'urn:quant-exporter:problem:invalid-parameters',
      title: 'Invalid parameters',
      status: 400,
      detail: '5 problems with the request; see errors',
      request_id: 'generated-id',
      errors: [
        {
          parameter: 'shard',
          problem: 'unknown parameter',
          allowed: ['strategy_id', 'account', 'window', 'metrics', 'adapter'],
        },
        { parameter: 'strategy_id', problem: 'given 2 times, may be given once' },
        { parameter: 'account', problem: 'is empty' },
        { parameter: 'window', problem: 'no window is called "2d"', allowed: [...WINDOWS] },
        { parameter: 'metrics', problem: 'a comma-separated list of metric names: one of them is empty' },
      ],
    })
  })

  test('and unknown names are told together, as 400', async () => {
    const problem = await refused(400, '?strategy_id=momentum-2&window=1w&metrics=net_pnlx')
    expect(problem.errors?.map(({ parameter }) => parameter)).toEqual(['window', 'strategy_id', 'metrics'])
  })

  test('are refused before the frames are there', async () => {
    await refused(400, '?window=1w', frameReader({ state: 'warming_up' }))
  })

  test.each([
    ['no strategy_id', '', 'strategy_id', 'required: /strategies lists the strategies there are'],
    ['brackets', '?strategy_id=momentum-1&account[]=PA-1', 'account[]', 'unknown parameter'],
    ['__proto__', '?strategy_id=momentum-1&__proto__=x', '__proto__', 'unknown parameter'],
    ['constructor', '?strategy_id=momentum-1&constructor', 'constructor', 'unknown parameter'],
    [
      'a token',
      '?strategy_id=momentum-1&access_token=s3cret',
      'access_token',
      'send a token in the header Authorization',
    ],
    ['another case', '?strategy_id=momentum-1&Window=1d', 'Window', 'unknown parameter'],
    ['a bad value', '?strategy_id=%E0%A4%A', 'strategy_id', 'its value is not valid percent-encoding'],
    ['a bad name', '?strategy_id=momentum-1&%zz=1', '%zz', 'its name is not valid percent-encoding'],
    ['a NUL', '?strategy_id=momentum-1%00PA-1', 'strategy_id', 'contains control characters'],
    ['a line break', '?strategy_id=momentum-1&account=PA%0d%0aX', 'account', 'contains control characters'],
    ['a long name', `?strategy_id=${'x'.repeat(257)}`, 'strategy_id', 'is longer than 256 characters'],
    ['a long parameter', `?strategy_id=momentum-1&${'y'.repeat(5_000)}=1`, `${'y'.repeat(64)}…`, 'unknown parameter'],
    [
      'a repeated metric',
      '?strategy_id=momentum-1&metrics=net_pnl,net_pnl',
      'metrics',
      'names "net_pnl" more than once',
    ],
    [
      'more metrics than there are',
      `?strategy_id=momentum-1&metrics=${Array.from({ length: 1_000 }, (_, index) => `m${index}`).join(',')}`,
      'metrics',
      `names 1000 metrics, there are ${SMALL_DICTIONARY.length}`,
    ],
    ['a long metric', `?strategy_id=momentum-1&metrics=${'z'.repeat(65)}`, 'metrics', 'longer than 64 characters'],
    ['an empty window', '?strategy_id=momentum-1&window=', 'window', 'no window is called ""'],
  ])('with %s are one problem with the right name', async (_title, query, parameter, problem) => {
    const { errors } = await refused(400, query)
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.parameter).toBe(parameter)
    expect(errors?.[0]?.problem).toContain(problem)
  })

  test('never come back with the value of an unknown parameter, which may be a secret', async () => {
    const response = await get('/snapshot?strategy_id=momentum-1&access_token=s3cret').expect(400)
    expect(response.text).not.toContain('s3cret')
  })

  test('are counted, and the answer stays small, when somebody sends thousands', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `p${index}`).join('&')
    const response = await get(`/snapshot?strategy_id=momentum-1&${many}`).expect(400)
    const problem = problemSchema.parse(JSON.parse(response.text))
    expect(problem.detail).toBe('1000 problems with the request, the first 50 are listed; see errors')
    expect(problem.errors).toHaveLength(50)
    expect(response.text.length).toBeLessThan(10_000)
  })
})

describe('parameters of /snapshot that are well formed', () => {
  test('may be percent-encoded, contain what a URL reserves, and come with empty pairs', async () => {
    const books = [bookFrame({ strategyId: 'a b&c=d/é', account: 'PA+1' })]
    const query = '?&strategy_id=a+b%26c=d%2F%C3%A9&&account=PA%2B1&'
    const response = await get(`/snapshot${query}`, frameReader({ books, strategies: [] })).expect(200)
    expect(response.body).toMatchObject({ strategy_id: 'a b&c=d/é', account: 'PA+1' })
  })
})

describe('names that /snapshot does not know', () => {
  test('are a 404 with near names, strategy and metrics at once', async () => {
    const problem = await refused(404, '?strategy_id=momentum-2&metrics=net_pln,open_positions,pnl_net')
    expect(problem.type).toBe('urn:quant-exporter:problem:unknown-name')
    expect(problem.errors).toEqual([
      { parameter: 'strategy_id', problem: 'no strategy has the id "momentum-2"', near: ['momentum-1'] },
      { parameter: 'metrics', problem: 'no metric is called "net_pln"', near: ['net_pnl'] },
      { parameter: 'metrics', problem: 'no metric is called "pnl_net"', near: [] },
    ])
  })

  test('are found among strategies without a live book too', async () => {
    const { errors } = await refused(404, '?strategy_id=idle-2', twoAccounts)
    expect(errors?.[0]?.near).toEqual(['idle-1'])
  })

  test('use the near names that they are given', async () => {
    const asked: unknown[] = []
    const nearNames = (name: string, candidates: readonly string[]) => {
      asked.push([name, [...candidates].sort()])
      return ['momentum-1']
    }
    const response = await get('/snapshot?strategy_id=mom', twoAccounts, { nearNames }).expect(404)
    expect(asked).toEqual([['mom', ['carry-1', 'idle-1', 'momentum-1']]])
    expect(JSON.parse(response.text).errors[0].near).toEqual(['momentum-1'])
  })

  test("point from a strategy's name to its id", async () => {
    const { errors } = await refused(404, '?strategy_id=Carry', twoAccounts)
    expect(errors).toEqual([
      { parameter: 'strategy_id', problem: `"Carry" is a strategy's name, not its id`, near: ['carry-1'] },
    ])
  })

  test('are quoted in part only when they are long', async () => {
    const { errors } = await refused(404, `?strategy_id=${'x'.repeat(256)}`)
    expect(errors?.[0]?.problem).toBe(`no strategy has the id "${'x'.repeat(64)}…"`)
  })

  test('include an account that the strategy does not trade in, though another does', async () => {
    const { errors } = await refused(404, '?strategy_id=momentum-1&account=CR', twoAccounts)
    expect(errors).toEqual([
      { parameter: 'account', problem: 'the strategy does not trade in an account "CR"', near: [] },
    ])
    const mistyped = await refused(404, '?strategy_id=momentum-1&account=PA_2', twoAccounts)
    expect(mistyped.errors?.[0]?.near).toEqual(['PA-2', 'PA-1'])
  })

  test('tell an account without a live book from an unknown one', async () => {
    const { errors } = await refused(404, '?strategy_id=momentum-1&account=PA-old', twoAccounts)
    expect(errors?.[0]?.problem).toBe('the strategy has no live book in "PA-old": no position, no recent fact')
  })
})

describe('an omitted account', () => {
  test('is the only live one of the strategy', async () => {
    const response = await get('/snapshot?strategy_id=carry-1', twoAccounts).expect(200)
    expect(response.body.account).toBe('CR')
  })

  test('is a 400 with the list where there are several', async () => {
    const problem = await refused(400, '?strategy_id=momentum-1', twoAccounts)
    expect(problem.errors).toEqual([
      {
        parameter: 'account',
        problem: 'required: the strategy has 2 live accounts, and there is no aggregate over them',
        allowed: ['PA-1', 'PA-2'],
      },
    ])
    const response = await get('/snapshot?strategy_id=momentum-1&account=PA-2', twoAccounts).expect(200)
    expect(response.body.account).toBe('PA-2')
  })

  test('is a 404 for a strategy that has no live book', async () => {
    const { errors } = await refused(404, '?strategy_id=idle-1', twoAccounts)
    expect(errors).toEqual([
      { parameter: 'strategy_id', problem: 'the strategy has no live book: no position, no recent fact' },
    ])
  })
})

describe('adapter', () => {
  const dictionary = SMALL_DICTIONARY
  const book = bookFrame({
    dictionary,
    results: { cost_bps: { status: 'ok', value: 5 } },
    byAdapter: {
      alpaca: { cost_bps: { status: 'ok', value: 3 } },
      lean: { cost_bps: { status: 'insufficient_data', reason: 'no_fills' } },
    },
  })
  const reader = frameReader({ books: [book] })
  const ask = async (adapter: string) => {
    const response = await get(`/snapshot?strategy_id=momentum-1${adapter}`, reader).expect(200)
    const { metrics, groups } = JSON.parse(response.text)
    const named = (name: string) => metrics.find((metric: { metric_name: string }) => metric.metric_name === name)
    return { costs: named('cost_bps'), pnl: named('net_pnl'), groups, etag: response.headers.etag }
  }

  test('picks the split of what is told by adapter, and leaves the rest', async () => {
    const [all, none, alpaca, lean] = await Promise.all(
      ['&adapter=all', '', '&adapter=alpaca', '&adapter=lean'].map(ask),
    )
    expect(all).toEqual(none)
    expect(all?.costs).toMatchObject({ value: 5, status: 'ok' })
    expect(alpaca?.costs).toMatchObject({ value: 3, status: 'ok' })
    expect(lean?.costs).toMatchObject({ value: null, reason: 'no_fills' })
    expect(alpaca?.pnl).toEqual(all?.pnl)
    expect(lean?.groups).toEqual(all?.groups)
    expect(new Set([all?.etag, alpaca?.etag, lean?.etag]).size).toBe(3)
  })

  test('that took no order is unknown, with names that are near', async () => {
    const problem = await refused(404, '?strategy_id=momentum-1&adapter=alpacca', reader)
    expect(problem.errors).toEqual([
      { parameter: 'adapter', problem: 'no order of the book went by an adapter "alpacca"', near: ['alpaca'] },
    ])
  })
})
