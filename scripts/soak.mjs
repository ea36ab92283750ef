// A soak: the exporter between real databases, a trading system, Prometheus, Alertmanager and clients, with faults, watched
// from outside. Closes with a report as text, JSON and a page.
//   npm run soak                                  ten minutes of a trading day
//   npm run soak -- --profile fleet --minutes 5   another profile: seed, fleet, sunday
//   npm run soak -- --no-faults --seed 7 --out DIR
//   npm run soak -- --faults kill,query-hangs     these faults alone
//   npm run soak -- --report-only                 service levels are reported and not judged: for a machine that is busy
// Status: 0 when everything held, 1 when a service level or a fault's condition did not, 2 when it could not run.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FAULTS, faultsFor } from './soak/fault-list.mjs'
import { interruption } from './soak/processes.mjs'
import { PROFILES } from './soak/profiles.mjs'
import { writeReport } from './soak/report/write-report.mjs'
import { missingPackages } from './soak/requirements.mjs'
import { runSoak } from './soak/run-soak.mjs'

const OPTIONS = {
  minutes: { type: 'string', default: '10' },
  profile: { type: 'string', default: 'seed' },
  seed: { type: 'string', default: '1' },
  out: { type: 'string', default: 'soak-report' },
  faults: { type: 'string' },
  'no-faults': { type: 'boolean', default: false },
  'report-only': { type: 'boolean', default: false },
}

const problems = []
const values = readArguments()
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0 && minutes <= 1_440)) problems.push(`--minutes is a number up to 1440, not ${values.minutes}`)
if (!(Number.isInteger(seed) && seed >= 0)) problems.push(`--seed is a whole number, not ${values.seed}`)
if (!(values.profile in PROFILES)) {
  problems.push(`--profile is one of ${Object.keys(PROFILES).join(', ')}, not ${values.profile}`)
}
const faultNames = values['no-faults'] ? [] : values.faults?.split(',')
const unknown = (faultNames ?? []).filter((name) => !FAULTS.some((fault) => fault.name === name))
if (unknown.length > 0) {
  problems.push(`--faults are of ${FAULTS.map(({ name }) => name).join(', ')}, not ${unknown.join(', ')}`)
}
const missing = missingPackages()
if (missing.length > 0) problems.push(`something is not installed: apt-get install ${missing.join(' ')}`)
if (problems.length > 0) {
  for (const problem of problems) console.error(`soak: ${problem}`)
  process.exit(2)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interruption.abort())
const out = resolve(values.out)
mkdirSync(out, { recursive: true })
try {
  const report = await runSoak({
    ...{ minutes, seed, out, signal: interruption.signal },
    ...{ profileName: values.profile, isReportOnly: values['report-only'] },
    faults: faultNames === undefined ? faultsFor(minutes) : FAULTS.filter(({ name }) => faultNames.includes(name)),
    tell: (text) => console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`),
  })
  writeReport(report, out)
  process.exitCode = report.verdict.isHeld ? 0 : 1
} catch (error) {
  console.error('soak: it could not run to its end:', error)
  process.exitCode = 2
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    console.error(`soak: ${error.message}`)
    process.exit(2)
  }
}
