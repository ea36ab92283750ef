/** Where a command prints: results to `out`, progress and logs to `err`. */
export interface Terminal {
  readonly isInteractive: boolean
  readonly columns: number
  readonly rows: number
  out(text: string): void
  err(text: string): void
}

/** Shows the progress of long work in one line that is written over; only on a terminal. */
export function createProgressLine(terminal: Terminal): { show(text: string): void; clear(): void } {
  let isShown = false
  return {
    show(text) {
      if (!terminal.isInteractive) return
      terminal.err(`\r\u001b[2K${text.slice(0, Math.max(20, terminal.columns - 1))}`)
      isShown = true
    },
    clear() {
      if (isShown) terminal.err('\r\u001b[2K')
      isShown = false
    },
  }
}

/** A block of text that is written over on a terminal, and written again below elsewhere. */
export function createScreen(terminal: Terminal): { show(text: string): void } {
  let shownLines = 0
  return {
    show(text) {
      const back = terminal.isInteractive && shownLines > 0 ? `\u001b[${shownLines}A\u001b[0J` : ''
      const lines = text.split('\n').map((line) => (terminal.isInteractive ? line.slice(0, terminal.columns) : line))
      terminal.out(`${back}${lines.join('\n')}\n${terminal.isInteractive ? '' : '\n'}`)
      shownLines = lines.length
    },
  }
}
