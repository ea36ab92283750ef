import { parseArgs } from 'node:util'
import { QuantError } from '../domain/errors.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, parseIso, SECOND_MS } from '../domain/time.js'
import { nearNames } from '../lib/near-names.js'
import type { Command, CommandContext } from './command.js'

/** Parses a command's options and operands; what is wrong is told with the nearest right name. */
export function parseCommandLine(
  command: Command,
  args: readonly string[],
): Pick<CommandContext, 'values' | 'lists' | 'operands'> {
  const known = Object.keys(command.options)
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: command.options,
      strict: true,
      allowPositionals: true,
    })
    const [extra] = positionals
    if (extra !== undefined && command.operands === undefined)
      throw new QuantError(
        'usage',
        `${command.name} takes no argument '${extra}'; see quant-exporter ${command.name} --help`,
      )
    const single: Record<string, string | boolean | undefined> = {}
    const lists: Record<string, string[]> = {}
    for (const [name, { multiple }] of Object.entries(command.options)) {
      const value = values[name]
      if (multiple === true) lists[name] = (Array.isArray(value) ? value : []).map(String)
      else if (!Array.isArray(value)) single[name] = value
    }
    return { values: single, lists, operands: positionals }
  } catch (error) {
    if (error instanceof QuantError) throw error
    const unknown = args.find((arg) => arg.startsWith('--') && !known.includes(arg.slice(2).split('=')[0] ?? ''))
    if (unknown === undefined)
      throw new QuantError('usage', `${command.name}: ${messageOf(error)}; see quant-exporter ${command.name} --help`, {
        cause: error,
      })
    const near = nearNames(unknown.slice(2), known).map((name) => `--${name}`)
    throw new QuantError(
      'usage',
      `${command.name} has no option ${unknown}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''} See quant-exporter ${command.name} --help`,
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error)
}

export function numberOption(
  name: string,
  value: string | boolean | undefined,
  fallback: number,
  { min, max, integer = false }: { min: number; max: number; integer?: boolean },
): number {
  if (value === undefined) return fallback
  const number = Number(value)
  if (
    value !== '' &&
    Number.isFinite(number) &&
    number >= min &&
    number <= max &&
    (!integer || Number.isInteger(number))
  )
    return number
  throw new QuantError(
    'usage',
    `--${name} must be ${integer ? 'a whole number' : 'a number'} from ${min} to ${max}; it is '${value}'`,
  )
}

const DURATION_UNITS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS }

/** A length of time in milliseconds; undefined when the option is not given. */
export function durationOption(name: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(String(value)) ?? []
  const durationMs = Number(amount) * (DURATION_UNITS[unit ?? ''] ?? 0)
  if (durationMs > 0) return durationMs
  throw new QuantError('usage', `--${name} must be a length of time such as 90s, 3m or 1h; it is '${value}'`)
}

export function timeOption(name: string, value: string | boolean | undefined): EpochMs | undefined {
  if (value === undefined) return undefined
  const at = typeof value === 'string' ? parseIso(value) : undefined
  if (at !== undefined) return at
  throw new QuantError('usage', `--${name} must be a time with a zone, such as 2026-11-20T15:30:00Z; it is '${value}'`)
}

/** An address of HTTP. */
export function urlOption(name: string, value: string | boolean | undefined, fallback: string): URL {
  const text = String(value ?? fallback)
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text)
  throw new QuantError('usage', `--${name} must be an address such as ${fallback}; it is '${value}'`)
}

/** One of a closed list; the first of it when the option is not given. */
export function choiceOption<const Choice extends string>(
  name: string,
  value: string | boolean | undefined,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  if (value === undefined) return choices[0]
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  throw new QuantError('usage', `--${name} must be ${choices.join(' or ')}; it is '${value}'`)
}
