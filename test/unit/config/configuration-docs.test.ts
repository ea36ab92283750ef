import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { settingEntries } from '../../../src/config/environment.js'
import { renderConfigurationDocs } from '../../../src/docs/configuration-page.js'

const docs = renderConfigurationDocs()

/** The first cells of all table rows under a heading. */
function firstCells(text: string): string[] {
  return text.split('\n').flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? [])
}

/** Places of the leaves of plain data, lists as `[]`. */
function leafPaths(value: unknown, path: string): string[] {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item !== 'object')
      ? [path]
      : value.flatMap((item) => leafPaths(item, `${path}[]`))
  }
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, item]) => leafPaths(item, path === '' ? name : `${path}.${name}`))
}

/** Lists of maps that have words of their own; the example gives them key by key. */
const LISTS = new Set(['calendars.XNYS.early_closes', 'cost_schedule'])

describe('the configuration page', () => {
  const [variables = '', keysOfFile = ''] = docs.split('## The file QUANT_CONFIG')

  test('has every variable once, in a table with its default, unit and meaning', () => {
    const rows = firstCells(variables).filter((cell) => /^[A-Z0-9_]+$/.test(cell))
    expect(rows.sort()).toEqual(
      settingEntries()
        .map(([, { key }]) => key)
        .sort(),
    )
    expect(docs).toContain(
      '| `QUANT_POLL_INTERVAL_MS` | `500` | ms | How often orders are looked at. Allowed: a whole number from 100 to 60000. |',
    )
    expect(docs).toContain('| `QUANT_METRICS_LISTEN` | as QUANT_LISTEN |  | ')
  })

  test('has the keys of the file, each with words of its own', () => {
    expect(keysOfFile).toContain(
      '| `strategies.<strategy_id>.money_decimals` | as `money_decimals` | Decimals of its money at output. Allowed: a whole number from 0 to 8. |',
    )
    expect(keysOfFile).toContain(
      '| `instruments.<symbol>.multiplier` | `1` | What one unit is worth at a price of 1. Allowed: a number above 0 with at most 9 decimals. |',
    )
    expect(keysOfFile).toContain(
      '| `calendars.XNYS.early_closes[].date` |  | The trading day. Allowed: a date, YYYY-MM-DD. |',
    )
  })

  test('has the keys that the example has, and no others', () => {
    const example: unknown = parse(
      readFileSync(new URL('../../../examples/quant-config.yaml', import.meta.url), 'utf8'),
    )
    const used = leafPaths(example, '').map((path) =>
      path
        .replace(/^strategies\.[^.]+/, 'strategies.<strategy_id>')
        .replace(/(^|\.)accounts\.[^.]+/, '$1accounts.<account>')
        // Limits of single books are the keys of `policy` again: one row tells of all.
        .replace(/\.policy\..+/, '.policy')
        .replace(/^instruments\.[^.]+/, 'instruments.<symbol>'),
    )
    const documented = firstCells(keysOfFile).filter((key) => !LISTS.has(key))
    expect([...new Set(used)].sort()).toEqual(documented.sort())
  })

  test('is the same text at every run and ends with one line break', () => {
    expect(renderConfigurationDocs()).toBe(docs)
    expect(docs).toMatch(/[^\n]\n$/)
  })
})

describe('the table of variables', () => {
  test('has defaults and examples that it accepts itself', () => {
    for (const [, { key, fallback, format }] of settingEntries()) {
      const texts = fallback === undefined ? [format.example] : [fallback, format.example]
      for (const text of texts) expect([key, text, format.schema.safeParse(text).success]).toEqual([key, text, true])
    }
  })

  test('has a description that ends as a sentence, and every key once', () => {
    const keys = settingEntries().map(([, { key }]) => key)
    expect(new Set(keys).size).toBe(keys.length)
    for (const [, { description }] of settingEntries()) expect(description).toMatch(/^[A-Z].*\.$/)
  })

  test('names a unit where the name of the variable does', () => {
    for (const [, { key, unit }] of settingEntries()) {
      if (key.endsWith('_MS')) expect([key, unit]).toEqual([key, 'ms'])
      if (key.endsWith('_SECONDS')) expect([key, unit]).toEqual([key, 's'])
    }
  })
})
