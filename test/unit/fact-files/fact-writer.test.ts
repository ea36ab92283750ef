import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toFactLine } from '../../../src/domain/fact-json.js'
import type { Fact } from '../../../src/domain/facts.js'
import { readFactFile } from '../../../src/fact-files/fact-reader.js'
import { FactWriter, type FactWriterOptions } from '../../../src/fact-files/fact-writer.js'
import { bar } from '../../support/facts.js'
import { until } from '../../support/until.js'

const FACTS = Array.from({ length: 3_000 }, (_, index) =>
  bar('AAA', 1_790_000_000_000 + index * 1_000, 100 + index / 7),
)

describe('a writer of facts', () => {
  let parent: string
  let folder: string
  let wallMs: number
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'quant-writer-'))
    folder = join(parent, 'facts')
    wallMs = Date.parse('2026-11-20T19:30:00Z')
  })
  afterEach(() => rmSync(parent, { recursive: true }))

  function open(options: Partial<FactWriterOptions> = {}): Promise<FactWriter> {
    return FactWriter.open({
      folder,
      wallNow: () => {
        wallMs += 1
        return wallMs
      },
      onTrouble: (error) => {
        throw error
      },
      onRecovery: () => undefined,
      ...options,
    })
  }

  async function written(): Promise<Fact[]> {
    const facts: Fact[] = []
    for (const name of readdirSync(folder).sort())
      await readFactFile(join(folder, name), {
        onFact: (fact) => void facts.push(fact),
        onRejection: (line, reason) => {
          throw new Error(`${name}:${line}: ${reason}`)
        },
      })
    return facts
  }

  test('makes its folder and a file that only its user may read, and what it closed is whole', async () => {
    const writer = await open()
    for (const fact of FACTS) expect(writer.add(toFactLine(fact))).toBe(true)
    await writer.close()
    expect(await written()).toEqual(FACTS)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder)).toEqual([`facts-20261120T193000001Z-${process.pid}.ndjson.gz`])
    expect(statSync(join(folder, readdirSync(folder)[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  test('never writes into a file that is there', async () => {
    const one = await open()
    const other = await open()
    one.add(toFactLine(FACTS[0] as Fact))
    other.add(toFactLine(FACTS[1] as Fact))
    await one.close()
    await other.close()
    expect(readdirSync(folder)).toHaveLength(2)
    expect(await written()).toEqual(FACTS.slice(0, 2))
    wallMs -= 1
    await expect(open()).rejects.toThrow(/cannot record into/)
  })

  test('begins another file when one is large, and goes on when that failed for a while, without losing a line', async () => {
    const told: string[] = []
    const writer = await open({
      largestFileBytes: 1_000,
      onTrouble: () => void told.push('trouble'),
      onRecovery: () => void told.push('recovery'),
    })
    for (const fact of FACTS.slice(0, 1_000)) writer.add(toFactLine(fact))
    await until(() => readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0), 10_000)
    renameSync(folder, join(parent, 'elsewhere'))
    for (const fact of FACTS.slice(1_000, 2_000)) writer.add(toFactLine(fact))
    await until(() => told.length > 0, 10_000)
    for (const fact of FACTS.slice(2_000)) writer.add(toFactLine(fact))
    mkdirSync(folder)
    await until(() => told.length > 1, 10_000)
    await writer.close()
    expect(told).toEqual(['trouble', 'recovery'])
    for (const name of readdirSync(join(parent, 'elsewhere')))
      renameSync(join(parent, 'elsewhere', name), join(folder, name))
    expect(readdirSync(folder)).toHaveLength(2)
    expect(await written()).toEqual(FACTS)
  })

  test('takes no more than memory is kept for', async () => {
    const writer = await open({ mostWaiting: 100 })
    expect(FACTS.slice(0, 4).map((fact) => writer.add(toFactLine(fact)))).toEqual([true, true, false, false])
    await writer.close()
    expect(await written()).toEqual(FACTS.slice(0, 2))
  })

  test('says where it cannot write', async () => {
    writeFileSync(folder, 'a file')
    await expect(open()).rejects.toMatchObject({ code: 'configuration_invalid' })
  })
})
