/** One line of a page of metrics. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g

/** The samples of the named families in a page of metrics; whatever else is there is passed over. */
export function samplesOf(page: string, names: readonly string[]): Sample[] {
  return page.split('\n').flatMap((line) => {
    // Looked at first: of a page of a hundred thousand lines a few are wanted.
    if (!names.some((name) => line.startsWith(name))) return []
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? []
    if (!names.includes(name)) return []
    return [{ name, labels: labelsOf(labels), value: Number(value) }]
  })
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]))
}
