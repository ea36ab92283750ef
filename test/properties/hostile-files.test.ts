import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { parseCases } from '../../src/app/calc/parse-cases.js'
import { parseCsv } from '../../src/app/calc/parse-csv.js'
import { decodeCheckpoint, encodeCheckpoint } from '../../src/app/checkpoints/checkpoint-state.js'
import { readConfig } from '../../src/config/config.js'
import { parseDsn } from '../../src/config/dsn.js'
import { settingEntries } from '../../src/config/environment.js'
import { parseQuantConfig } from '../../src/config/quant-config-file.js'
import { QuantError, QuantErrors } from '../../src/domain/errors.js'
import { toFactLine } from '../../src/domain/fact-json.js'
import { createLineParser } from '../../src/fact-files/fact-line.js'
import { Spill } from '../../src/stores/series/spill.js'
import { FACT_KINDS, factOf } from './generated-facts.js'
import { damaged, deepJson, expectCleanPrototypes, hostileJson, hostileText } from './hostile-text.js'
import { parameters } from './parameters.js'

/** Whatever a file or a setting holds: a value, or an error that says what is wrong; never anything else. */

afterEach(expectCleanPrototypes)

/** What a parser says of a text: what it reads, or what it throws, which has to be its own error with something to say. */
function errorOf(work: () => unknown, code: QuantError['code']): QuantError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof QuantError) || error.code !== code) throw error
    expect(error.message.length).toBeGreaterThan(10)
    return error
  }
}

describe('hostile files', () => {
  test('a line of facts is a fact, or it is told why it is none', () => {
    const right = fc.constantFrom(...FACT_KINDS).chain((kind) => factOf(kind).map(toFactLine))
    const member = fc
      .tuple(fc.constantFrom(...FACT_KINDS, 'x'), hostileText, hostileJson)
      .map(([kind, name, json]) => `{"fact":${JSON.stringify(kind)},${JSON.stringify(name)}:${json}}`)
    const line = fc.oneof(
      hostileText,
      hostileJson,
      damaged(right),
      member,
      deepJson.map((json) => `{"fact":${json}}`),
    )
    const parse = createLineParser()
    fc.assert(
      fc.property(line, (text) => {
        const read = parse(text)
        if ('reason' in read) expect(read.reason.length).toBeGreaterThan(3)
        else expect(FACT_KINDS).toContain(read.fact)
      }),
      parameters(2_000),
    )
  })

  test('QUANT_CONFIG is taken whole, or every problem is told', () => {
    const example = readFileSync('examples/quant-config.yaml', 'utf8')
    const text = fc.oneof(
      hostileText,
      hostileJson,
      deepJson.map((json) => json.replaceAll('"a"', 'a')),
      damaged(fc.constant(example)),
      fc.tuple(hostileText, hostileJson).map(([name, json]) => `strategies: { ${JSON.stringify(name)}: ${json} }`),
      fc.nat(3_000).map((levels) => Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:\n`).join('')),
      fc.nat(12_000).map((levels) => '- '.repeat(levels)),
    )
    fc.assert(
      fc.property(text, (written) => {
        const problems: string[] = []
        const file = parseQuantConfig(written, problems)
        expect(file).toBeDefined()
        for (const problem of problems) expect(problem.length).toBeGreaterThan(5)
      }),
      parameters(500),
    )
  })

  test('of a QUANT_CONFIG that is wrong all over so much is told as can be read', () => {
    for (const text of [
      'a: @\n'.repeat(5_000),
      Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join(''),
    ]) {
      const problems: string[] = []
      parseQuantConfig(text, problems)
      expect(problems.length).toBe(101)
      expect(problems.at(-1)).toMatch(/^and \d+ more$/)
    }
  })

  test('calc reads cases and tables, or rejects them', () => {
    const example = JSON.stringify({ metric: 'sharpe_annualized', input: { returns: [0.01, -0.02, 0.03] }, params: {} })
    const text = fc.oneof(
      hostileText,
      hostileJson,
      damaged(fc.constant(example)),
      deepJson.map((json) => `{"metric":${json},"input":{"returns":${json}}}`),
    )
    const table = fc.oneof(
      hostileText,
      damaged(fc.constant('time,equity,flow\n2026-11-20T19:30:00Z,100,0\nx,101.5,\n')),
    )
    fc.assert(
      fc.property(text, table, fc.constantFrom('equity', 'returns', 'trades'), (json, csv, kind) => {
        errorOf(() => parseCases(json, 'the input'), 'facts_rejected')
        errorOf(() => parseCsv(kind, csv, 'the input'), 'facts_rejected')
      }),
      parameters(1_000),
    )
  })

  test('a checkpoint is what was written, or it is refused; a few bytes do not become gigabytes', async () => {
    const checkpoint = {
      ...{ strategyId: 's-1', account: 'PA-1', at: 1_773_158_400_000, calendar: 'XNYS' as const },
      symbols: [{ symbol: 'AAPL', instrument: 1n, opening: undefined, orders: ['o-1'], digest: 2n }],
      ...{ kept: ['o-2'], keptDigest: 3n, firstOrders: [['s-1', 1] as const], snapshotsDigest: 4n },
    }
    const versions = (id: string) => ({ row: [id, 'v'] as const, events: [], activities: [] })
    const written = { checkpoint, schemaKey: 'k', spared: [versions('o-1')], kept: [versions('o-2')] }
    const right = await encodeCheckpoint(written)
    expect(await decodeCheckpoint(checkpoint, right)).toEqual(written)
    const text = fc.oneof(hostileText, hostileJson, damaged(fc.constant(gunzipSync(right).toString())))
    const bytes = fc.oneof(
      text.map((content) => gzipSync(content)),
      fc.uint8Array({ maxLength: 100 }),
      fc.nat(right.length - 1).map((length) => right.slice(0, length)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (hostile) => {
        const read = await decodeCheckpoint(checkpoint, hostile).catch((error: Error) => error.message)
        if (typeof read === 'string') expect(read.length).toBeGreaterThan(3)
        else expect(read).toMatchObject({ schemaKey: expect.any(String), spared: expect.any(Array) })
      }),
      parameters(500),
    )
    const bomb = gzipSync(Buffer.alloc(257 * 2 ** 20), { level: 1 })
    await expect(decodeCheckpoint(checkpoint, bomb)).rejects.toThrow('larger than')
  })

  test('a file of waiting rows is what was written, or it is set aside', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quant-hostile-'))
    try {
      const spill = new Spill(folder, () => 0)
      const label = { token: 't', backend: 'clickhouse', rowCount: 1, bytes: 6, days: [1], books: [] }
      const file = await spill.store(label, ['[1,2]'])
      const right = readFileSync(file.path, 'utf8')
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            hostileText,
            damaged(fc.constant(right)),
            hostileJson.map((json) => `${json}\n[1,2]\n`),
          ),
          async (text) => {
            await writeFile(file.path, text)
            const { label: read, lines } = await spill.load(file)
            if (lines !== undefined)
              expect(lines.map((line) => `${line}\n`).join('').length).toBeLessThanOrEqual(text.length)
            if (lines !== undefined) expect(read).toBeDefined()
          },
        ),
        parameters(300),
      )
      expect(await readdir(folder)).toHaveLength(1)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('hostile settings', () => {
  test('a DSN is its parts, or it is said what is wrong without any of them', () => {
    const right = fc.constant('postgresql://reader:hunter2secret@db.example:5432/torghut?sslmode=verify-full')
    fc.assert(
      fc.property(
        fc.oneof(
          hostileText,
          damaged(right),
          hostileText.map((text) => `postgresql://${text}`),
        ),
        (text) => {
          const dsn = parseDsn(text)
          if (typeof dsn !== 'string') {
            expect(`${dsn.host}${dsn.user}${dsn.database}`).not.toMatch(/\p{Cc}/u)
            expect(dsn.port).toBeGreaterThan(0)
          } else {
            expect(dsn.length).toBeGreaterThan(10)
            expect(dsn).not.toContain('hunter2secret')
          }
        },
      ),
      parameters(2_000),
    )
  })

  test('the environment is a configuration, or every problem is told; no secret is', () => {
    const secrets = settingEntries().flatMap(([, { key, isSecret }]) => (isSecret ? [key] : []))
    const keys = settingEntries().map(([, { key }]) => key)
    const name = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...keys) },
      { weight: 1, arbitrary: hostileText.map((text) => `QUANT_${text}`) },
    )
    const environment = fc
      .array(fc.tuple(name, fc.oneof(hostileText, fc.constantFrom('true', '1', '127.0.0.1:0', '1000', 'off'))), {
        maxLength: 12,
      })
      .map((pairs): Record<string, string> => Object.fromEntries(pairs))
    const secret = fc.tuple(
      fc.constantFrom(...secrets),
      hostileText.map((text) => `s3cr3t-${text}-t3rc3s`),
    )
    const readFile = () => {
      throw Object.assign(new Error('there is no such file'), { code: 'ENOENT' })
    }
    fc.assert(
      fc.property(environment, secret, (given, [key, value]) => {
        const read = () => readConfig({ environment: { ...given, [key]: value }, readFile, isTerminal: false })
        const error = errorOf(read, 'configuration_invalid')
        if (error === undefined) return
        expect(error).toBeInstanceOf(QuantErrors)
        expect(error.message).not.toMatch(/s3cr3t|t3rc3s/)
      }),
      parameters(1_000),
    )
  })
})
