import type { ParseArgsConfig } from 'node:util'
import type { Terminal } from './terminal.js'

type Options = NonNullable<ParseArgsConfig['options']>

/** One command as help and the argument parser need it. */
export interface Command {
  readonly name: string
  readonly summary: string
  /** A few sentences: when to use it, what it prints, what it costs. */
  readonly description: string
  /** Arguments that are no options, as the usage line names them; undefined: it takes none. */
  readonly operands?: string
  readonly options: Options
  /** What each option means, by name; every option stands here. */
  readonly help: Readonly<Record<string, string>>
  /** Runs until done or until the signal aborts; rejects with a QuantError for what a user can mend. */
  readonly run: (context: CommandContext) => Promise<void>
}

export interface CommandContext {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  /** Options that may be given several times, by name; those that were not given are empty. */
  readonly lists: Readonly<Record<string, readonly string[]>>
  /** Empty for a command that takes none. */
  readonly operands: readonly string[]
  readonly version: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** Calls the listener whenever the process is told to read its configuration again; unless asked, that ends it. */
  readonly onHangUp: (listener: () => void) => void
}
