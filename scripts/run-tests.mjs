// Runs jest and closes with one plain line that any reader can parse: `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'quant-tests-'))
const report = join(folder, 'report.json')
// A rejection that nobody handled fails the test that runs; one that comes after a suite ends its worker without a word.
const uncaught = join(folder, 'uncaught')
const jest = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    `--import=${new URL('tell-uncaught.mjs', import.meta.url).href}`,
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 'ignore', 'inherit'], env: { ...process.env, QUANT_TESTS_UNCAUGHT: uncaught } },
)
const late = existsSync(uncaught) ? readFileSync(uncaught, 'utf8') : ''
if (late !== '') console.error(`Beside the tests something went wrong that nobody handled:\n${late}`)
try {
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  )
  const failed = numFailedTests + numRuntimeErrorTestSuites + (late === '' ? 0 : 1)
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`)
  process.exitCode = jest.status === 0 && failed === 0 && numPassedTests > 0 ? 0 : 1
} catch {
  console.log('0 passed, 1 failed')
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
