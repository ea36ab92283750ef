import { csvText } from '../../src/snapshot-api/csv.js'
import { bookFrame, frameReader, strategySummary, value } from '../support/frames.js'
import { get } from '../support/snapshot-api.js'

describe('/snapshot as CSV', () => {
  test('is one line a metric, with its book and frame', async () => {
    const reader = frameReader({
      books: [
        bookFrame({ results: { net_pnl: value(-3.456), calmar: { status: 'insufficient_data', reason: 'no_fills' } } }),
      ],
    })
    const response = await get('/snapshot?strategy_id=momentum-1&window=5d&metrics=net_pnl,calmar', reader)
      .set('Accept', 'text/csv')
      .expect(200)
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present')
    expect(response.text.split('\r\n')).toEqual([
      'strategy_id,strategy,account,window,frame_as_of,frame_seq,metric_name,group,value,unit,status,reason,quality,as_of,freshness_seconds,formula_version',
      'momentum-1,Momentum,PA-1,5d,2026-03-10T16:00:00.250Z,7,net_pnl,performance,-3.46,USD,ok,,good,2026-03-10T15:59:58.950Z,1.3,v1',
      'momentum-1,Momentum,PA-1,5d,2026-03-10T16:00:00.250Z,7,calmar,risk_adjusted,,ratio,insufficient_data,no_fills,insufficient_data,2026-03-10T15:59:59.850Z,0.4,v1',
      '',
    ])
  })

  test('is chosen as a client prefers, and has an ETag of its own', async () => {
    const ask = (accept: string) => get('/snapshot?strategy_id=momentum-1').set('Accept', accept).expect(200)
    const [csv, json] = [await ask('text/csv, application/json;q=0.5'), await ask('application/json, text/csv')]
    expect(csv.type).toBe('text/csv')
    expect(json.type).toBe('application/json')
    expect(csv.headers.etag).not.toBe(json.headers.etag)
    const tag = String(csv.headers.etag)
    await get('/snapshot?strategy_id=momentum-1').set({ Accept: 'text/csv', 'If-None-Match': tag }).expect(304)
    await get('/snapshot?strategy_id=momentum-1').set('If-None-Match', tag).expect(200)
  })

  test('has nothing that a spreadsheet would run', async () => {
    const [strategyId, strategyName, account] = ['=cmd|calc', '@SUM(1)', '+1"2,3']
    const reader = frameReader({
      books: [bookFrame({ strategyId, strategyName, account })],
      strategies: [strategySummary({ strategyId })],
    })
    const response = await get(`/snapshot?strategy_id=${encodeURIComponent(strategyId)}&metrics=net_pnl`, reader)
      .set('Accept', 'text/csv')
      .expect(200)
    expect(response.text.split('\r\n')[1]).toMatch(/^'=cmd\|calc,'@SUM\(1\),"'\+1""2,3",1d,/)
  })

  test.each(['-x', '\t=1', ' =1', '＝1', '\r@x', '-1'])('%j as text is text', (text) => {
    expect(csvText(['name'], [[text]]).replace(/"/g, '')).toBe(`name\r\n'${text}\r\n`)
  })

  test('numbers are numbers, and nothing is empty', () => {
    expect(csvText(['a', 'b', 'c', 'd'], [[-1.5, 0, null, undefined]])).toBe('a,b,c,d\r\n-1.5,0,,\r\n')
  })

  test('a refusal is a problem all the same', async () => {
    const response = await get('/snapshot').set('Accept', 'text/csv').expect(400)
    expect(response.type).toBe('application/problem+json')
  })
})
