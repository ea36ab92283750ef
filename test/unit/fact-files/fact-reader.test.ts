import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { toFactLine } from '../../../src/domain/fact-json.js'
import type { Fact } from '../../../src/domain/facts.js'
import { factFilesAt, readFactFile } from '../../../src/fact-files/fact-reader.js'
import { bar, decision, strategy } from '../../support/facts.js'

const FACTS: readonly Fact[] = [
  strategy(),
  ...Array.from({ length: 5_000 }, (_, index) => bar('AAA', 1_790_000_000_000 + index * 1_000, 100 + index / 100)),
  decision({ at: '2026-11-20T19:30:00Z', status: 'Ω — planned' }),
]
const TEXT = FACTS.map((fact) => `${toFactLine(fact)}\n`).join('')

describe('a file of facts', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quant-facts-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function read(content: string | Buffer) {
    const path = join(folder, 'facts.ndjson')
    writeFileSync(path, content)
    const facts: Fact[] = []
    const rejections: string[] = []
    const { isCutOff } = await readFactFile(path, {
      onFact: (fact) => void facts.push(fact),
      onRejection: (line, reason) => void rejections.push(`${line}: ${reason}`),
    })
    return { facts, rejections, isCutOff }
  }

  test.each([
    ['plain', TEXT],
    ['without an end of its last line', TEXT.slice(0, -1)],
    ['with a byte order mark, Windows line ends and empty lines', `\uFEFF${TEXT.replaceAll('\n', '\r\n\r\n')}`],
    ['compressed', gzipSync(TEXT)],
    ['compressed in several parts', Buffer.concat([gzipSync(TEXT.slice(0, 70_000)), gzipSync(TEXT.slice(70_000))])],
  ])('is read whole: %s', async (_, content) => {
    expect(await read(content)).toEqual({ facts: FACTS, rejections: [], isCutOff: false })
  })

  test('that a crash cut off within a line counts with its whole lines', async () => {
    expect(await read(TEXT.slice(0, -20))).toEqual({ facts: FACTS.slice(0, -1), rejections: [], isCutOff: true })
  })

  test('that a crash cut off within its compression counts with the lines that can be read', async () => {
    const { facts, rejections, isCutOff } = await read(gzipSync(TEXT).subarray(0, -200))
    expect(facts.length).toBeGreaterThan(4_000)
    expect(facts).toEqual(FACTS.slice(0, facts.length))
    expect({ rejections, isCutOff }).toEqual({ rejections: [], isCutOff: true })
  })

  test('whose compression is damaged says from which line on', async () => {
    const damaged = gzipSync(TEXT)
    damaged.fill(0xff, 20_000, 20_100)
    const { facts, rejections } = await read(damaged)
    expect(facts.length).toBeLessThan(FACTS.length)
    expect(rejections.at(-1)).toMatch(/^\d+: the compressed data is damaged from here on$/)
  })

  test('malformed lines are rejected by number with the reason, and the rest goes on', async () => {
    const lines = [
      '{"fact":"bar","symbol":"AAA","at":1790000000000,"close":"1.5"}',
      'nonsense',
      '{"fact":"bar","symbol":"AAA","at":1790000000000,"close":-1}',
      '{"fact":"trade"}',
      '[1]',
      '{"symbol":"AAA"}',
      '{"fact":"bar","symbol":"AAA","at":"2026-11-20","close":1}',
      '{"fact":"bar","symbol":"BBB","at":1790000000000,"close":"1.5"}',
      '{"fact":"bar"}',
    ]
    const { facts, rejections, isCutOff } = await read(lines.join('\n'))
    expect(facts).toHaveLength(2)
    expect(isCutOff).toBe(false)
    expect(rejections).toEqual([
      expect.stringMatching(/^2: not JSON: /),
      '3: close: must be above 0',
      expect.stringMatching(/^4: fact: there is no kind "trade" \(there are strategy, /),
      '5: not an object',
      expect.stringMatching(/^6: fact: missing \(one of strategy, /),
      expect.stringMatching(/^7: at: not a time: 2026-11-20 /),
      expect.stringMatching(/^9: at: .*symbol: .*close: /),
    ])
  })

  test('a line without end is rejected and does not fill memory', async () => {
    const { facts, rejections } = await read(`{"fact":"${'x'.repeat(17_000_000)}\n${TEXT}`)
    expect(rejections).toEqual(['1: longer than 16777216 characters'])
    expect(facts).toHaveLength(FACTS.length)
  })

  test('what throws at a rejection ends the reading', async () => {
    writeFileSync(join(folder, 'bad.ndjson'), `nonsense\n${TEXT}`)
    const facts: Fact[] = []
    const reading = readFactFile(join(folder, 'bad.ndjson'), {
      onFact: (fact) => void facts.push(fact),
      onRejection: (line) => {
        throw new Error(`stopped at ${line}`)
      },
    })
    await expect(reading).rejects.toThrow('stopped at 1')
    expect(facts).toEqual([])
  })

  test('a folder means its fact files by name; what cannot be read is told', async () => {
    for (const name of ['b.ndjson.gz', 'a.ndjson', 'notes.txt']) writeFileSync(join(folder, name), '')
    expect(await factFilesAt(folder)).toEqual([join(folder, 'a.ndjson'), join(folder, 'b.ndjson.gz')])
    await expect(factFilesAt(join(folder, 'nowhere'))).rejects.toThrow(/cannot read .*nowhere: there is no such file/)
    await expect(readFactFile(folder, { onFact: () => {}, onRejection: () => {} })).rejects.toThrow('it is a folder')
  })
})
