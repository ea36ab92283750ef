import { type Config, readConfig } from '../config/config.js'
import { readTextFile } from '../lib/text-file.js'
import type { CommandContext } from './command.js'

/** The configuration that a command runs with: the environment, with what the command itself sets. */
export function loadConfig(
  { environment, terminal }: Pick<CommandContext, 'environment' | 'terminal'>,
  overrides: Readonly<Record<string, string>> = {},
): Config {
  // A file of the surroundings is another way to say what is overridden.
  const withoutFiles = Object.fromEntries(Object.keys(overrides).map((key) => [`${key}_FILE`, undefined]))
  return readConfig({
    environment: { ...environment, ...withoutFiles, ...overrides },
    readFile: readTextFile,
    isTerminal: terminal.isInteractive,
  })
}
