import type { Command } from './command.js'

/** The page for a newcomer: what this is, what to type first, every command in a line. */
export function renderHelp(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    `quant-exporter ${version}`,
    '',
    'Live performance, risk and execution quality of trading strategies, as Prometheus gauges and JSON.',
    'It reads the database of a trading system and never writes to it.',
    '',
    'Start here:   quant-exporter demo      needs no server; prints the addresses to open',
    'Then:         TORGHUT_DB_DSN=… JANGAR_TORGHUT_QUANT_CONTROL_PLANE_ENABLED=true quant-exporter serve',
    '',
    'Usage: quant-exporter [command] [options]      without a command: serve',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'quant-exporter <command> --help explains one of them. Settings are environment variables: docs/configuration.md.',
  ].join('\n')
}

export function renderCommandHelp(command: Command): string {
  const rows = Object.entries(command.options).map(
    ([name, option]) => [`--${name}${option.type === 'string' ? ' VALUE' : ''}`, command.help[name] ?? ''] as const,
  )
  const width = Math.max(0, ...rows.map(([flag]) => flag.length))
  return [
    `Usage: quant-exporter ${[command.name, command.operands].filter(Boolean).join(' ')}${rows.length > 0 ? ' [options]' : ''}`,
    '',
    command.description,
    ...(rows.length > 0 ? ['', 'Options:', ...rows.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`)] : []),
  ].join('\n')
}
