#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0])
if (major >= 20) await import('../dist/main.js')
else {
  console.error(
    `quant-exporter needs Node.js 20 or newer; this is ${process.versions.node}. Install a newer Node.js and run it again.`,
  )
  process.exitCode = 1
}
