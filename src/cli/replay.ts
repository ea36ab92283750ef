import type { Replayed } from '../app/replay.js'
import { CSV_HEADER, csvRows, replayBodies } from '../app/replay-output.js'
import { judgedInstants, ReplayedPolicy } from '../app/replay-policy.js'
import { QuantError } from '../domain/errors.js'
import { WINDOWS, type Window } from '../domain/window.js'
import { nearNames } from '../lib/near-names.js'
import type { Command } from './command.js'
import { replayInstants } from './replay-instants.js'
import { pathsOf, startReplay } from './replay-start.js'

export const replay: Command = {
  name: 'replay',
  summary: 'print the frames that facts from files or the database give at any instants',
  description: [
    'Prints one JSON line a book, window and instant: the body of /snapshot without what describes a process, from the same',
    'engine as the live one. The same facts, configuration and instants give the same bytes, in whatever order the facts are.',
    'Facts come from files (NDJSON, gzip or plain; a folder means those in it) or from the configured databases.',
    'A line that is no fact is told with its number and left out, and the exit status is 1.',
  ].join('\n'),
  operands: '[FILE…]',
  options: {
    facts: { type: 'string', multiple: true },
    database: { type: 'boolean' },
    at: { type: 'string', multiple: true },
    every: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    strategy: { type: 'string' },
    account: { type: 'string' },
    window: { type: 'string', multiple: true },
    config: { type: 'string' },
    'known-by': { type: 'string' },
    policy: { type: 'boolean' },
    csv: { type: 'boolean' },
    strict: { type: 'boolean' },
  },
  help: {
    facts: 'a file or folder of facts; several times, or without the option',
    database: 'read TORGHUT_DB_DSN and CH_HOST instead',
    at: 'instants, separated by commas, such as 2026-11-20T19:30:00Z',
    every: 'instead of --at: an instant each such length of time, such as 60s, from --from up to --to',
    from: 'with --every: the first instant',
    to: 'with --every: no instant after it',
    strategy: 'only the books of this strategy, by its id',
    account: 'only the books in this account',
    window: `only these windows, separated by commas (all: ${WINDOWS.join(' ')})`,
    config: 'a QUANT_CONFIG file; else the one that the environment names',
    'known-by': 'only what was known by this instant, as a live process could say it; exact from recordings',
    policy:
      'judge every tick from the first to the last instant by the alert policy, and print its episodes at the end',
    csv: 'a table with a row a metric instead of JSON',
    strict: 'stop at the first line that is no fact',
  },
  async run(context) {
    const { values, lists, terminal } = context
    const paths = pathsOf('replay', context)
    const ats = replayInstants(values, lists.at ?? [])
    const windows = windowsOption(lists.window ?? [])
    const withPolicy = values.policy === true
    if (withPolicy && values.csv === true) throw new QuantError('usage', '--policy prints JSON; leave out --csv')
    const { config, calendars, replayed, rejections, progress } = startReplay(context, paths, ({ periodsMs }) =>
      withPolicy ? judgedInstants(ats, periodsMs.light) : ats,
    )
    const policy = withPolicy ? new ReplayedPolicy(config, calendars) : undefined
    const asked = new Set(ats)
    const selection = { strategyId: textOf(values.strategy), account: textOf(values.account), windows }
    const books = new Set<string>()
    let isFirst = true
    let lines = 0
    for await (const one of replayed) {
      if (isFirst) progress.clear()
      if (isFirst && values.csv === true) terminal.out(`${CSV_HEADER}\n`)
      isFirst = false
      noteBooks(one, books)
      policy?.judge(one)
      if (!asked.has(one.frames.stamp.at)) continue
      const texts: string[] = []
      for (const body of replayBodies(one, selection, calendars))
        texts.push(values.csv === true ? csvRows(body).join('\n') : JSON.stringify(body))
      lines += texts.length
      if (texts.length > 0) terminal.out(`${texts.join('\n')}\n`)
    }
    for (const alert of policy?.alerts(selection) ?? []) terminal.out(`${JSON.stringify({ alert })}\n`)
    rejections.throwIfAny()
    if (lines === 0) throw nothingToPrint(books, selection)
  },
}

function textOf(value: string | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}

function windowsOption(given: readonly string[]): readonly Window[] {
  const wanted = given.flatMap((text) => text.split(','))
  const unknown = wanted.filter((name) => !WINDOWS.some((window) => window === name))
  if (unknown.length > 0)
    throw new QuantError('usage', `--window must be of ${WINDOWS.join(', ')}; it is '${unknown.join(',')}'`)
  return wanted.length === 0 ? WINDOWS : WINDOWS.filter((window) => wanted.includes(window))
}

function noteBooks({ frames }: Replayed, books: Set<string>): void {
  for (const { book } of frames.books.values()) books.add(`${book.strategyId} in ${book.account}`)
}

/** An empty answer would look like an empty book. */
function nothingToPrint(
  books: ReadonlySet<string>,
  { strategyId, account }: { strategyId: string | undefined; account: string | undefined },
): QuantError {
  if (books.size === 0) return new QuantError('usage', 'the facts have no live book at the instants asked for')
  const known = [...books].sort()
  const asked = [
    strategyId === undefined ? '' : ` of strategy '${strategyId}'`,
    account === undefined ? '' : ` in account '${account}'`,
  ]
  const near =
    strategyId === undefined
      ? []
      : nearNames(
          strategyId,
          known.map((book) => book.split(' in ')[0] ?? book),
        )
  const meant = near.length > 0 ? `; did you mean ${[...new Set(near)].join(' or ')}?` : ''
  return new QuantError(
    'usage',
    `there is no live book${asked.join('')}${meant} (there are ${known.slice(0, 20).join(', ')})`,
  )
}
