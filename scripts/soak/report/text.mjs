// The report for a terminal.
import { round } from './create-report.mjs'

export function asText(report) {
  return [
    `Soak: ${report.profile} (${report.title}), ${report.minutes} min, seed ${report.seed}, from ${report.startedAt}`,
    `${report.machine.cpus}, ${report.machine.memoryGiB} GiB, Node.js ${report.machine.node}, revision ${report.revision}`,
    '',
    'Steady time, beside its service levels',
    table(
      ['measure', 'unit', 'n', 'p50', 'p95', 'p99', 'max', 'level (p95)', 'held'],
      report.measures.map((measure) => [
        ...[measure.title, measure.unit, measure.n ?? 0],
        ...['p50', 'p95', 'p99', 'max'].map((name) => shown(measure[name])),
        ...[levelOf(measure), heldOf(measure.isHeld)],
      ]),
    ),
    '',
    bottleneckLine(report.bottleneck),
    memoryLine(report.memory),
    streamLine(report.stream),
    `Frames dropped: ${report.framesDropped}`,
    '',
    'Faults',
    report.faults.length === 0
      ? '  none was played'
      : table(
          ['fault', 'lasted, s', 'recovered in, s', 'values as afresh', 'orders counted', 'held', 'remark'],
          report.faults.map(faultRow),
        ),
    ...(report.notPlayed.length === 0 ? [] : [`  not played: ${report.notPlayed.join(', ')}`]),
    '',
    `Alerts told: ${report.alerts.told.map(({ name, notices }) => `${name} (${notices})`).join(', ') || 'none'}`,
    '',
    ...(report.verdict.isHeld
      ? [report.isReportOnly ? 'Everything held; service levels were not judged.' : 'Everything held.']
      : ['NOT HELD:', ...report.verdict.missed.map((line) => `  ${line}`)]),
    '',
  ].join('\n')
}

export function faultRow({ title, lastedSeconds, recoverySeconds, comparison, isHeld, remark }) {
  return [
    ...[title, shown(lastedSeconds), shown(recoverySeconds)],
    comparison === undefined ? '' : `${comparison.values - comparison.differences} of ${comparison.values}`,
    comparison === undefined ? '' : `${comparison.counted.shown} of ${comparison.counted.inTable}`,
    ...[heldOf(isHeld), remark ?? ''],
  ]
}

export function levelOf({ level, aim, unit }) {
  if (level === undefined) return ''
  return `≤ ${level} ${unit}${aim === undefined ? '' : `, aimed at ${aim}`}`
}

export function heldOf(isHeld) {
  return isHeld === undefined ? '' : isHeld ? 'yes' : 'NO'
}

export function bottleneckLine(bottleneck) {
  return `Bottleneck: ${bottleneck ?? 'too short to tell'}`
}

export function memoryLine(memory) {
  if (memory === undefined) return 'Memory: too short to tell whether it grows'
  const { slope, low, high, isSettled, fromSecond } = memory
  const since = isSettled ? `from second ${Math.round(fromSecond)} on` : 'too short to tell how it settles'
  return `Memory: ${round(slope)} MiB an hour, with 95 % confidence between ${round(low)} and ${round(high)} (${since})`
}

export function streamLine({ deltas, snapshots, connects, ends, gaps }) {
  return `Stream: ${deltas} deltas and ${snapshots} snapshots to clients that connected ${connects} times and were cut off ${ends} times; ${gaps} gaps`
}

export function shown(value) {
  return value === undefined ? '' : String(round(value))
}

function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => String(row[column]).length)))
  return [head, ...rows]
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => String(cell).padEnd(widths[column]))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n')
}
