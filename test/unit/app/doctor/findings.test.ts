import { factsFinding } from '../../../../src/app/doctor/facts.js'
import { framesFinding } from '../../../../src/app/doctor/frames.js'
import { differencesOf } from '../../../../src/app/doctor/rules.js'
import { samplesOf } from '../../../../src/app/doctor/samples.js'
import { sourceFinding } from '../../../../src/app/doctor/sources.js'
import { QuantError } from '../../../../src/domain/errors.js'
import { ALERTS } from '../../../support/rules.js'

const HEALTH = {
  status: 'ok',
  stages: [{ stage: 'ingest:postgres', status: 'ok', last_error_code: null }],
  frames: { last_at: '2026-11-20T19:30:00.000Z', missing_seconds: 0 },
  facts: { rejected: 0 },
  session: [],
}

describe('a source', () => {
  const error = new QuantError('source_unreachable', 'postgres: the limit of connections is reached', {
    cause: Object.assign(new Error('too many connections for role'), { code: '53300' }),
  })
  const check = { torghut: { error }, market: undefined, insufficient: [], findings: [] }

  test('without a connection left is well where the exporter reads it, and broken where none does', () => {
    expect(sourceFinding('postgres', check, true)).toMatchObject({
      troubles: [],
      told: [expect.stringMatching(/holds them and reads it/)],
    })
    expect(sourceFinding('postgres', check, false).troubles).toMatchObject([
      { remedy: 'end what holds the connections, or raise the limit of the role' },
    ])
  })
})

describe('frames', () => {
  test('are well where the API is off, which is worth a note', () => {
    const { troubles, notes } = framesFinding({ health: HEALTH, strategies: undefined, isApiOff: true })
    expect([troubles, notes]).toEqual([
      [],
      [
        {
          what: 'its API is off: books are told at /metrics alone',
          remedy: 'for it set QUANT_API_ENABLED=true',
        },
      ],
    ])
  })

  test.each([
    ['disabled', /switched off/, /JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true/],
    ['warming_up', /still reads its history/, /wait until \/readyz/],
  ])('of an exporter that is %s', (status, what, remedy) => {
    const { troubles } = framesFinding({ health: { ...HEALTH, status }, strategies: undefined, isApiOff: false })
    expect(troubles).toEqual([{ what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) }])
  })

  test('a stage that fails is broken, one that is degraded a note; missing frames are told by their age', () => {
    const stages = [
      { stage: 'ingest:postgres', status: 'failing', last_error_code: 'source_tls_failed' },
      { stage: 'materialize:series', status: 'degraded', last_error_code: null },
    ]
    const frames = { last_at: null, missing_seconds: 75.4 }
    const { troubles, notes } = framesFinding({
      health: { ...HEALTH, stages, frames, status: 'failing' },
      strategies: [],
      isApiOff: false,
    })
    expect(troubles).toEqual([
      {
        what: 'stage ingest:postgres is failing (last error: source_tls_failed)',
        remedy: 'mend the source, hop postgres',
      },
      {
        what: 'a market is open and the oldest frame is 75 s old',
        remedy: 'follow docs/runbooks/QuantFramesMissing.md',
      },
    ])
    expect(notes).toMatchObject([{ what: 'stage materialize:series is degraded' }])
  })
})

test('facts: none that the exporter has read is broken, rows that it could not use are a note', () => {
  const health = { ...HEALTH, facts: { rejected: 3 } }
  const { troubles, notes } = factsFinding(undefined, { health, strategies: [], isApiOff: false })
  expect(troubles).toMatchObject([{ what: 'the exporter has read no facts: it knows no live book' }])
  expect(notes).toMatchObject([{ what: '3 rows could not be used' }])
})

test('a rule differs in what decides when it fires and whom it reaches; labels may be added', () => {
  const rule = ALERTS.find(({ alert }) => alert === 'QuantSourceDown')
  if (rule === undefined) throw new Error('there is no such rule')
  const loaded = {
    ...{ name: rule.alert, type: 'alerting', query: rule.expr, health: 'ok', lastError: '', duration: 30 },
    ...{ keepFiringFor: 0, labels: { ...rule.labels, namespace: 'prod' } },
  }
  expect(differencesOf(rule, loaded)).toEqual([])
  expect(differencesOf(rule, { ...loaded, duration: 5, keepFiringFor: 120, labels: {} })).toEqual([
    'for',
    'keep_firing_for',
    'labels',
  ])
})

test('samples of a page: the named families, with labels that hold anything', () => {
  const page = [
    '# HELP quant_books x',
    'quant_books 3',
    'quant_books_more 4',
    'quant_exporter_build_info{version="1.0",revision="a\\"b}, c=\\"d"} 1',
    'up 1',
  ].join('\n')
  expect(samplesOf(page, ['quant_books', 'quant_exporter_build_info'])).toEqual([
    { name: 'quant_books', labels: {}, value: 3 },
    { name: 'quant_exporter_build_info', labels: { version: '1.0', revision: 'a\\"b}, c=\\"d' }, value: 1 },
  ])
})
