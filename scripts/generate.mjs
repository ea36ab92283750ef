// Writes every generated file from the code that it describes; `--check` fails when one of them differs instead.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generatedFiles } from '../dist/docs/generated-files.js'

const check = process.argv.includes('--check')
const stale = []
const METRICS = 'src/compute/metrics'
const metricSources = readdirSync(METRICS, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(METRICS, name), 'utf8'))
const texts = {
  lock: readFileSync('package-lock.json', 'utf8'),
  alertmanager: readFileSync('alertmanager/alertmanager.yaml', 'utf8'),
}
for (const [path, content] of Object.entries(generatedFiles(metricSources, texts))) {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue
  stale.push(path)
  if (check) continue
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run npm run generate and commit the result.`)
  process.exitCode = 1
} else console.log(stale.length === 0 ? 'generated files are up to date' : `wrote ${stale.join(', ')}`)
