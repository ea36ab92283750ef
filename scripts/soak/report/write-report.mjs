import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asPage } from './page.mjs'
import { asText } from './text.mjs'

/** Prints the report and leaves it as report.txt, report.json and report.html in a folder. */
export function writeReport(report, folder) {
  const text = asText(report)
  writeFileSync(join(folder, 'report.txt'), text)
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report)}\n`)
  writeFileSync(join(folder, 'report.html'), asPage(report))
  console.log(`\n${text}\nThe page: ${join(folder, 'report.html')}`)
}
