import { type ErrorCode, QuantError } from '../domain/errors.js'
import { describeError } from '../lib/logger.js'
import { nearNames } from '../lib/near-names.js'
import { parseCommandLine } from './arguments.js'
import type { CommandContext } from './command.js'
import { COMMANDS, DEFAULT_COMMAND } from './commands.js'
import { renderCommandHelp, renderHelp } from './help.js'

export type CliSurroundings = Omit<CommandContext, 'values' | 'lists' | 'operands'>

/** Answers that are told by the status alone: not even somebody who is interrupted may take them for a success. */
const ANSWERS: readonly ErrorCode[] = ['check_failed', 'gate_failed', 'gate_unknown']
const NOBODY_KNOWS: readonly ErrorCode[] = ['usage', 'gate_unknown']

/**
 * Picks the command, runs it and tells the exit code: 0 done, 1 failed, 2 used wrongly or no answer to what was asked.
 *
 * What a user can mend is one clear message on the error stream, without a stack.
 */
export async function runCli(args: readonly string[], surroundings: CliSurroundings): Promise<number> {
  const { terminal, version } = surroundings
  const [first = DEFAULT_COMMAND, ...rest] = args
  const isFlag = first.startsWith('-')
  try {
    if (['--help', '-h', 'help'].includes(first)) terminal.out(`${renderHelp(COMMANDS, version)}\n`)
    else if (['--version', '-v', 'version'].includes(first)) terminal.out(`${version}\n`)
    else await runCommand(isFlag ? DEFAULT_COMMAND : first, isFlag ? args : rest, surroundings)
    return 0
  } catch (error) {
    const isAnswer = error instanceof QuantError && ANSWERS.includes(error.code)
    if (surroundings.signal.aborted && !isAnswer) return 0
    terminal.err(
      error instanceof QuantError
        ? `quant-exporter: ${error.message}${causeOf(error)}\n`
        : `quant-exporter failed unexpectedly: ${describeError(error)}\n`,
    )
    return error instanceof QuantError && NOBODY_KNOWS.includes(error.code) ? 2 : 1
  }
}

async function runCommand(
  name: string,
  args: readonly string[],
  { terminal, ...context }: CliSurroundings,
): Promise<void> {
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (command === undefined) {
    const near = nearNames(
      name,
      COMMANDS.map((candidate) => candidate.name),
    )
    throw new QuantError(
      'usage',
      `there is no command '${name}'${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''} See quant-exporter --help`,
    )
  }
  if (args.includes('--help') || args.includes('-h')) terminal.out(`${renderCommandHelp(command)}\n`)
  else await command.run({ ...context, terminal, ...parseCommandLine(command, args) })
}

function causeOf(error: QuantError): string {
  return error.cause === undefined || error.code === 'listen_failed' ? '' : ` (${describeError(error.cause)})`
}
