// Loaded before all else in jest's processes: notes what ends one of them, or would, when no test is there to fail for it.
import { appendFileSync } from 'node:fs'

process.on('uncaughtExceptionMonitor', (error, origin) => {
  const file = process.env.QUANT_TESTS_UNCAUGHT
  if (file !== undefined) appendFileSync(file, `${origin}: ${error instanceof Error ? error.stack : String(error)}\n`)
})
