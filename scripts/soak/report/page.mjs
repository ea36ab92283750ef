// The report as one page that needs nothing else: style and charts are in it, and no other host is asked.
import { chart } from './chart.mjs'
import { bottleneckLine, faultRow, heldOf, levelOf, memoryLine, shown, streamLine } from './text.mjs'

const STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --back: #fff; --line: #e0e1e6; --dot: #2563eb;
  --level: #c2410c; --fault: #f59e0b26; --good: #15803d; --bad: #b91c1c }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #a0a4ab; --back: #111315; --line: #2e3135;
  --dot: #70a5ff; --level: #fb923c; --fault: #f59e0b2e; --good: #4ade80; --bad: #f87171 } }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p { margin: .3rem 0 } .soft, figcaption span { color: var(--soft) }
.verdict { font-weight: 600; margin: 1rem 0 } .good { color: var(--good) } .bad { color: var(--bad) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem }
figure { margin: 0 } figcaption { font-size: .9rem; font-weight: 600 } figcaption span { font-weight: 400 }
svg { width: 100%; height: auto } svg text { fill: var(--soft); font-size: 10px }
.grid { stroke: var(--line) } .level { stroke: var(--level); stroke-dasharray: 5 4 } .fault { fill: var(--fault) }
.dots { stroke: var(--dot); stroke-width: 3; stroke-linecap: round; fill: none; opacity: .75 }
`

export function asPage(report) {
  const { verdict, measures, faults, machine } = report
  const seconds = Math.max(1, ...Object.values(report.charts).flatMap((points) => points.map(([at]) => at)))
  const isFine = report.isReportOnly ? 'Everything held; service levels were not judged.' : 'Everything held.'
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Soak: ${report.profile}, ${report.minutes} min</title><style>${STYLE}</style></head><body>
<h1>Soak: ${report.profile}, ${report.minutes} min</h1>
<p class="soft">${plain(report.title)}; seed ${report.seed}, from ${report.startedAt}; ${plain(machine.cpus)}, ${machine.memoryGiB} GiB, Node.js ${machine.node}, revision ${plain(report.revision)}</p>
<p class="verdict ${verdict.isHeld ? 'good' : 'bad'}">${verdict.isHeld ? isFine : 'Not everything held.'}</p>
${verdict.isHeld ? '' : `<ul class="bad">${verdict.missed.map((line) => `<li>${plain(line)}</li>`).join('')}</ul>`}
<h2>Steady time, beside its service levels</h2>
${table(
  ['measure', 'unit', 'n', 'p50', 'p95', 'p99', 'max', 'level (p95)', 'held'],
  measures.map((one) => [
    ...[one.title, one.unit, one.n ?? 0, shown(one.p50), shown(one.p95), shown(one.p99), shown(one.max)],
    ...[levelOf(one), heldOf(one.isHeld)],
  ]),
)}
<p>${plain(bottleneckLine(report.bottleneck))}</p><p>${memoryLine(report.memory)}</p><p>${streamLine(report.stream)}</p><p>Frames dropped: ${report.framesDropped}</p>
<h2>Faults</h2>
${
  faults.length === 0
    ? '<p>None was played.</p>'
    : table(
        [
          'fault',
          'what must hold',
          'lasted, s',
          'recovered in, s',
          'values as afresh',
          'orders counted',
          'held',
          'remark',
        ],
        faults.map((fault) => {
          const [title, ...others] = faultRow(fault)
          return [title, fault.holds, ...others]
        }),
      )
}
${report.notPlayed.length === 0 ? '' : `<p class="soft">Not played: ${report.notPlayed.join(', ')}</p>`}
<p>Alerts told: ${report.alerts.told.map(({ name, notices }) => `${name} (${notices})`).join(', ') || 'none'}</p>
<h2>Over the run</h2><p class="soft">Bands are faults, each with its comparison; a dashed line is a service level.</p>
<div class="charts">${measures
    .map((measure) => chart({ ...measure, points: report.charts[measure.name], faults, seconds }))
    .join('\n')}</div>
</body></html>
`
}

const NUMBERS = new Set(['n', 'p50', 'p95', 'p99', 'max', 'lasted, s', 'recovered in, s'])

function table(head, rows) {
  const kind = (column) => (NUMBERS.has(head[column]) ? ' class="number"' : '')
  const heads = head.map((title, column) => `<th${kind(column)}>${title}</th>`).join('')
  const cell = (text, column) => {
    const verdict = text === 'yes' ? ' class="good"' : text === 'NO' ? ' class="bad"' : kind(column)
    return `<td${verdict}>${plain(String(text))}</td>`
  }
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`
}

function plain(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
