import { readFileSync } from 'node:fs'
import { calculateCases } from '../../src/app/calc/calculate-cases.js'
import { parseCases } from '../../src/app/calc/parse-cases.js'
import { describeReferences, expectValue, referenceCases, referenceFile } from '../support/reference-cases.js'

const FILES = { returns: 190, positions: 110, trades: 60, execution: 10 }

describeReferences('calc answers the cases of independent projects', () => {
  test.each(Object.entries(FILES))('%s: there are at least %i', (file, count) => {
    expect(referenceCases(file).length).toBeGreaterThanOrEqual(count)
  })

  describe.each(Object.keys(FILES))('%s', (file) => {
    const cases = referenceCases(file)
    const options = { metrics: [], raw: true }

    test.each(cases.map((one) => [one.id, one] as const))('%s', (_, one) => {
      const parsed = parseCases(JSON.stringify(one), file)
      const figure = calculateCases(parsed, options).answers[0]?.[one.metric]
      expect(figure).toBeDefined()
      expectValue(figure?.value ?? null, one)
      expect(figure?.status === 'ok').toBe(one.expected !== null)
    })

    test('the file as a whole, in the same order, with metrics left to what is there', () => {
      const parsed = parseCases(readFileSync(referenceFile(file), 'utf8'), file)
      const unnamed = parsed.cases.map((one) => one && { ...one, metric: undefined })
      const { answers: answered } = calculateCases({ ...parsed, cases: unnamed }, options)
      const { answers: named, problems } = calculateCases(parsed, options)
      expect(problems).toEqual([])
      expect(answered).toHaveLength(cases.length)
      // A figure is the same whether somebody asked for it or it was there to be made.
      for (const [index, { metric }] of cases.entries())
        if (answered[index]?.[metric] !== undefined) expect(answered[index][metric]).toEqual(named[index]?.[metric])
    })
  })
})
