import fc from 'fast-check'
import { TorghutSchema } from '../../src/ingest/postgres/schema.js'
import { tablesOf } from '../../src/ingest/postgres/tables.js'
import { TORGHUT_TODAY } from '../../src/simulator/torghut/postgres-schema.js'
import { expectCleanPrototypes, hostileJson, hostileText } from './hostile-text.js'
import { parameters } from './parameters.js'

/** What brokers, LEAN and people write into Torghut reaches us as rows: facts, or rejections; nothing is thrown. */

afterEach(expectCleanPrototypes)

const schema = new TorghutSchema(
  '15.0',
  Object.values(TORGHUT_TODAY).flatMap(({ name, columns }) =>
    Object.keys(columns).map((column) => [name, column] as const),
  ),
)
const TABLES = Object.values(tablesOf(schema)).filter((table) => table !== undefined)

/** Values are texts of JSON, read in the property: what is nested without end could not be shown when one fails. */
const PLAUSIBLE = [
  '2026-11-20T19:30:00Z',
  '10',
  '100.5',
  'buy',
  'fill',
  'filled',
  'AAPL',
  'live',
  'CSD',
  'lean',
  '-1',
  '1e30',
]
const plausible = fc.constantFrom(...[...PLAUSIBLE, null].map((value) => JSON.stringify(value)))
const text = fc.oneof(
  { weight: 12, arbitrary: plausible },
  { weight: 1, arbitrary: hostileText.map((value) => JSON.stringify(value)) },
)
/** Of a column in which any JSON can be written; objects have the names that are looked for. */
const NAMES = [
  'submitted_at',
  'filled_at',
  'updated_at',
  'status',
  'event',
  'timestamp',
  'freshness_seconds',
  'quality_score',
  '__proto__',
]
const open = fc.oneof(
  hostileJson,
  fc
    .array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(text, hostileJson)), { maxLength: 5 })
    .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`),
  fc.array(fc.oneof(text, hostileJson), { maxLength: 5 }).map((values) => `[${values.join()}]`),
)
/** What a statement makes of rows beside this one: its own list of texts. */
const tuple = fc.array(text, { maxLength: 14 }).map((values) => `[${values.join()}]`)
const tuples = fc.oneof(
  fc.constant('null'),
  fc.array(tuple, { maxLength: 5 }).map((values) => `[${values.join()}]`),
)
const OTHERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...{ id: plausible, is_first: fc.constantFrom('true', 'false'), enabled: fc.constantFrom('true', 'false') },
  ...{ events: tuples, activities: tuples, corrections: tuples, positions: tuples, activity: tuple },
  ...{ reconciled: open, feed: open, risk_reasons: open, universe: open },
  review: fc
    .tuple(text, text, open)
    .map(([at, confidence, context]) => `{"at":${at},"confidence":${confidence},"context":${context}}`),
}

test.each(TABLES.map((table) => [table.name, table] as const))('hostile rows of %s', (_, table) => {
  const names = table.columns === undefined ? namesIn(table.projection) : Object.keys(table.columns)
  const row = fc.record(Object.fromEntries(names.map((name) => [name, OTHERS[name] ?? text])))
  let told = 0
  fc.assert(
    fc.property(row, (texts) => {
      const values = Object.entries(texts).map(([name, value]): [string, unknown] => [name, JSON.parse(value)])
      const { facts, rejections } = table.toFacts(Object.fromEntries(values))
      for (const { reason } of rejections) expect(reason.length).toBeGreaterThan(1)
      told += facts.length + rejections.length
    }),
    parameters(2_000),
  )
  // Else nothing was tried.
  expect(told).toBeGreaterThan(0)
})

/** What an object that SQL makes calls its values. */
function namesIn(projection: string): string[] {
  return [...projection.matchAll(/'(\w+)', /g)].map(([, name = '']) => name)
}
