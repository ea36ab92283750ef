/** Escapes a label value for the text exposition format. */
export function escapeLabel(value: string): string {
  return value.replace(/[\\\n"]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

/** A label block without braces: `a="x",b="y"`. */
export function labelBlock(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')
}

/** One gauge family: its head and its samples. A family without samples is left out whole. */
export class GaugeFamily {
  readonly #samples: string[] = []

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  /** Adds a sample; missing is absent, so a value that is no number is not added. */
  add(labels: string, value: number): void {
    if (Number.isFinite(value))
      this.#samples.push(labels === '' ? `${this.name} ${value}\n` : `${this.name}{${labels}} ${value}\n`)
  }

  get size(): number {
    return this.#samples.length
  }

  render(): string {
    if (this.#samples.length === 0) return ''
    const help = this.help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
    return `# HELP ${this.name} ${help}\n# TYPE ${this.name} gauge\n${this.#samples.join('')}`
  }
}
