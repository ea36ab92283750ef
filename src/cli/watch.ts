import { followStream } from '../client/follow-stream.js'
import type { Refusal } from '../client/link.js'
import { QuantError } from '../domain/errors.js'
import { WINDOWS } from '../domain/window.js'
import { choiceOption, urlOption } from './arguments.js'
import type { Command } from './command.js'
import { apiUrl, DEFAULT_URL, TOKEN_FILE_HELP, TOKEN_VARIABLE, tokenOf } from './running-exporter.js'
import { LineView, TableView, type WatchView } from './watch-views.js'

/** Countdowns and ages move though nothing comes. */
const REDRAW_MS = 1_000
const DEFAULT_WINDOW = '1d'

export const watch: Command = {
  name: 'watch',
  summary: 'watch the books of a running exporter in the terminal',
  description: [
    'Follows the stream of a running exporter. On a terminal: a table of all books that is drawn again in place. Elsewhere, as',
    'in a pipe: one line for each change of a number, of freshness or of an alert, and how the connection is on the error',
    'stream. A connection that is lost is made again. Ctrl-C ends it. Refused (a token, a name): status 1.',
    `With tokens on, the token comes from --token-file or from ${TOKEN_VARIABLE}; never from the command line, which others can see.`,
  ].join('\n'),
  options: {
    url: { type: 'string' },
    strategy: { type: 'string' },
    account: { type: 'string' },
    window: { type: 'string' },
    'token-file': { type: 'string' },
  },
  help: {
    url: `where the exporter listens (${DEFAULT_URL})`,
    strategy: 'only this strategy, by its id',
    account: 'only this account',
    window: `one of ${WINDOWS.join(' ')} (${DEFAULT_WINDOW})`,
    'token-file': TOKEN_FILE_HELP,
  },
  async run(context) {
    const { values, terminal, signal } = context
    const url = urlOption('url', values.url, DEFAULT_URL)
    const window = choiceOption('window', values.window ?? DEFAULT_WINDOW, WINDOWS)
    const names = { strategy_id: values.strategy, account: values.account }
    const query = new URLSearchParams({ window })
    for (const [name, value] of Object.entries(names)) if (value !== undefined) query.set(name, String(value))
    const token = tokenOf(context)
    const view: WatchView = terminal.isInteractive ? new TableView(terminal, window) : new LineView(terminal)
    const timer = setInterval(() => view.pass(), REDRAW_MS)
    try {
      const refusal = await followStream({
        url: apiUrl(url, '/stream', query),
        token,
        signal,
        onLink: (link) => view.relink(link),
        onEvent: (event) => view.take(event),
        wait,
      })
      if (refusal !== undefined) throw refused(url, refusal, token !== undefined)
    } finally {
      clearInterval(timer)
    }
  },
}

function refused(url: URL, { status, why }: Refusal, hadToken: boolean): QuantError {
  if (status !== 401) return new QuantError('refused', `${url.origin} refuses (${status}): ${why}`)
  const how = `set ${TOKEN_VARIABLE}, or give --token-file`
  const what = hadToken ? 'does not accept the token' : 'asks for a token'
  return new QuantError('refused', `${url.origin} ${what} (401): ${how}`)
}

/** Resolves after that long, or when the signal aborts. */
function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, durationMs)
    signal.addEventListener('abort', done)
  })
}
