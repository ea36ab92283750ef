import { readFileSync } from 'node:fs'
import { productionDependencies, renderDependenciesPage } from '../../../src/docs/dependencies-page.js'

const LOCK = readFileSync('package-lock.json', 'utf8')
/** What may be shipped without asking anybody. */
const PERMISSIVE = ['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']

test('what is shipped has licences that allow it', () => {
  const others = productionDependencies(LOCK).filter(({ license }) => !PERMISSIVE.includes(license))
  expect(others).toEqual([])
})

test('what is direct stands in the list, and nothing of development does', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const names = productionDependencies(LOCK).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)))
  expect(names.filter((name) => name in devDependencies)).toEqual([])
})

test('a package without a licence is told as such, and a nested one by its own name', () => {
  const lock = {
    packages: { '': {}, 'node_modules/@a/b/node_modules/c': { version: '1.0.0' }, 'node_modules/d': { dev: true } },
  }
  expect(renderDependenciesPage(JSON.stringify(lock))).toContain('| c | 1.0.0 | not stated |\n')
  expect(productionDependencies(JSON.stringify(lock))).toHaveLength(1)
})
