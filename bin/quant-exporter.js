#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

const major = Number(process.versions.node.split('.')[0])
if (major >= 20) {
  // A heap may be twice what is alive in it. Left to itself V8 waits until it is up to four times as large, and a process
  // that holds 100 MB for months and makes a little waste every second is resident with 500.
  setFlagsFromString('--heap-growing-percent=50')
  await import('../dist/main.js')
} else {
  console.error(
    `quant-exporter needs Node.js 20 or newer; this is ${process.versions.node}. Install a newer Node.js and run it again.`,
  )
  process.exitCode = 1
}
