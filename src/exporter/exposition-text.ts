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

/** Encoding so many samples takes a fraction of a slice; a family of a hundred thousand at once would be a block. */
const SAMPLES_A_CHUNK = 2000

/** One gauge family: its head and its samples. A family without samples is left out whole. */
export class GaugeFamily {
  readonly #whole: Uint8Array[] = []
  #samples: string[] = []

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  /** Adds a sample; missing is absent, so a value that is no number is not added. */
  add(labels: string, value: number): void {
    if (!Number.isFinite(value)) return
    this.#samples.push(labels === '' ? `${this.name} ${value}\n` : `${this.name}{${labels}} ${value}\n`)
    if (this.#samples.length < SAMPLES_A_CHUNK) return
    this.#whole.push(Buffer.from(this.#samples.join('')))
    this.#samples = []
  }

  get size(): number {
    return this.#whole.length * SAMPLES_A_CHUNK + this.#samples.length
  }

  /** Its text, in parts. */
  chunks(): Uint8Array[] {
    if (this.size === 0) return []
    const help = this.help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')
    const head = `# HELP ${this.name} ${help}\n# TYPE ${this.name} gauge\n`
    return [Buffer.from(head), ...this.#whole, Buffer.from(this.#samples.join(''))]
  }
}
