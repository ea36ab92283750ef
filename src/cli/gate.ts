import { askGate } from '../client/gate.js'
import { QuantError } from '../domain/errors.js'
import { urlOption } from './arguments.js'
import type { Command } from './command.js'
import { apiUrl, DEFAULT_URL, TOKEN_FILE_HELP, TOKEN_VARIABLE, tokenOf } from './running-exporter.js'

/** An answer that takes longer is none. */
const TIMEOUT_MS = 10_000

export const gate: Command = {
  name: 'gate',
  summary: 'ask a running exporter whether a book may be promoted; the status is the answer',
  description: [
    'Asks /gate once and prints the decision, then each reason on a line. Status 0: pass. Status 1: fail, a critical alert is',
    'open. Status 2: unknown, which is no pass: turned off, not ready, stale, not answering, or the command was used wrongly.',
    `With tokens on, the token comes from --token-file or from ${TOKEN_VARIABLE}.`,
  ].join('\n'),
  options: {
    url: { type: 'string' },
    strategy: { type: 'string' },
    account: { type: 'string' },
    'token-file': { type: 'string' },
  },
  help: {
    url: `where the exporter listens (${DEFAULT_URL})`,
    strategy: 'the strategy, by its id',
    account: 'its account; may be left out where it has one live account',
    'token-file': TOKEN_FILE_HELP,
  },
  async run(context) {
    const { values, terminal, signal } = context
    if (values.strategy === undefined)
      throw new QuantError('usage', 'gate needs --strategy; see quant-exporter gate --help')
    const query = new URLSearchParams({ strategy_id: String(values.strategy) })
    if (values.account !== undefined) query.set('account', String(values.account))
    const url = apiUrl(urlOption('url', values.url, DEFAULT_URL), '/gate', query)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const { decision, reasons } = await askGate(url, tokenOf(context), limit)
    terminal.out(`${[decision, ...reasons].join('\n')}\n`)
    if (decision === 'fail') throw new QuantError('gate_failed', 'the gate is closed: the book is not to be promoted')
    if (decision === 'unknown') throw new QuantError('gate_unknown', 'the gate does not know; that is no pass')
  },
}
