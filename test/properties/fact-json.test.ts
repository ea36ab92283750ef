import fc from 'fast-check'
import { contentOf } from '../../src/domain/fact-content.js'
import { readFactJson, toFactJson, toFactLine } from '../../src/domain/fact-json.js'
import type { Fact, FactKind } from '../../src/domain/facts.js'
import { createLineParser } from '../../src/fact-files/fact-line.js'
import { FACT_KINDS, factOf, rawFact } from './generated-facts.js'
import { parameters } from './parameters.js'

describe('facts as plain objects', () => {
  test.each(FACT_KINDS)('a %s that was written reads back equal', (kind) => {
    fc.assert(
      fc.property(factOf(kind), (fact) => {
        expect(readFactJson(toFactJson(fact))).toStrictEqual(fact)
        expect(readFactJson(JSON.parse(toFactLine(fact)))).toStrictEqual(fact)
      }),
      parameters(200),
    )
  })

  test.each(FACT_KINDS)('content of a %s does not depend on when it was learnt', (kind) => {
    fc.assert(
      fc.property(factOf(kind), fc.integer({ min: 0 }), (fact, number) => {
        expect(contentOf({ ...fact, knownAt: number, revision: String(number) })).toBe(contentOf(fact))
      }),
      parameters(50),
    )
  })

  test.each(FACT_KINDS)('content of a %s is another when one of its fields is', (kind) => {
    fc.assert(
      fc.property(factOf(kind), factOf(kind), fc.nat(100), (fact, other, drawn) => {
        const fields = Object.keys(fact).filter(
          (name) => !SAYS_NOTHING.has(`${kind}.${name}`) && !SAYS_NOTHING.has(name),
        )
        const field = (fields[drawn % fields.length] ?? 'fact') as keyof Fact
        const changed: Fact = { ...fact, [field]: other[field] }
        const isSame = toFactLine(changed) === toFactLine(fact)
        expect(contentOf(changed) === contentOf(fact)).toBe(isSame)
      }),
      parameters(100),
    )
  })
})

const SAYS_NOTHING = new Set(['knownAt', 'revision', 'ingestedAt', 'execution.at', 'position_snapshot.positions'])

/** Ways to write one object that JSON allows, and some that it does not. */
const SPELLINGS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(':', ': ').replaceAll(',', ', '),
  (text) => ` ${text}\r`,
  (text) => text.replace(/"(\d+\.?\d*)"/g, '$1'),
  (text) => text.replace(/"(\d+)(\.\d+)?"/g, '"0$1$2"'),
  (text) => text.replace(/"(\d+)(\.\d+)?"/g, '-$1'),
  (text) => text.replace(/"(\d+)\.(\d+)"/g, '"$1."'),
  (text) => text.replace(/"(\d+)(\.\d+)?"/g, '$1e2'),
  (text) => text.replace('"symbol"', '"\\u0073ymbol"'),
  (text) => text.replace(/("at":)(\d+)/, (_, key, at) => `${key}${JSON.stringify(isoOr(at))}`),
  (text) => text.replace(/("at":)(\d+)/, '$1$2.75'),
  (text) => text.replace('}', ',"macd":1}'),
  (text) => text.replace('}', ',"at":1700000000000}'),
  (text) => text.replace(/.$/, ''),
  (text) => `${text}}`,
  (text) => text.replace('"fact"', '"fact ":1,"fact"'),
]

function isoOr(at: string): string {
  const date = new Date(Number(at))
  return date.toISOString()
}

describe('lines of bars and signals', () => {
  test.each<FactKind>(['bar', 'signal'])('a %s is read character by character as the schema reads it', (kind) => {
    const parse = createLineParser()
    fc.assert(
      fc.property(rawFact(kind), fc.constantFrom(...SPELLINGS), fc.boolean(), (raw, spell, isPlain) => {
        const whole = isPlain ? raw : { ...raw, known_at: null }
        const line = spell(JSON.stringify(whole))
        expect(parse(line)).toEqual(asTheSchemaReads(line))
      }),
      parameters(3_000),
    )
  })
})

function asTheSchemaReads(line: string): unknown {
  try {
    const read = readFactJson(JSON.parse(line))
    return typeof read === 'string' ? { reason: read, isJson: true } : read
  } catch (error) {
    return { reason: `not JSON: ${String((error as Error).message)}`, isJson: false }
  }
}
