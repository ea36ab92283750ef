/** CSV by RFC 4180, for programs and for spreadsheets. */

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present'

export type CsvCell = string | number | null | undefined

/** A header and one line a row; a cell of nothing is empty. */
export function csvText(columns: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('')
}

function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const text = defused(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * A spreadsheet takes a text with such a beginning for a formula and runs it; names come from a database that others
 * write. An apostrophe before it makes it text. Numbers are no texts: a loss keeps its sign.
 *
 * Source: OWASP, "CSV Injection".
 */
function defused(text: string): string {
  return /^\s*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text
}
