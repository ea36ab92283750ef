// An exporter that starts now and looks at the tables as of one instant, at which its clock stands: what it shows is what
// there is to be known. `fresh-exporter.mjs INSTANT_MS`, its settings in the environment; tells its port when it has a frame.
import { readFileSync } from 'node:fs'
import { startApp } from '../../dist/app/app.js'
import { readConfig } from '../../dist/config/config.js'

const at = Number(process.argv[2])
const config = readConfig({
  environment: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
  isTerminal: false,
})
const write = (message, fields) => console.error(message, JSON.stringify(fields ?? {}))
const app = await startApp({
  config: { ...config, store: undefined, series: undefined },
  clock: { speed: 1, now: () => at },
  version: '0.0.0',
  log: { debug: () => undefined, info: write, warn: write, error: write },
  recordInto: undefined,
})
process.on('disconnect', () => process.exit(0))
await app.firstFrame()
process.send({ url: app.urls.api })
