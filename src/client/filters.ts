/** What the page shows; an empty text: all of them. */
export interface Filters {
  readonly strategy: string
  readonly account: string
  readonly window: string
  /** Only books that something is wrong with. */
  readonly onlyTrouble: boolean
}

/** Filters from an address' query; a window that there is not is the default one. */
export function readFilters(query: string, windows: readonly string[], defaultWindow: string): Filters {
  const parameters = new URLSearchParams(query)
  const window = parameters.get('window') ?? ''
  return {
    strategy: parameters.get('strategy_id') ?? '',
    account: parameters.get('account') ?? '',
    window: windows.includes(window) ? window : defaultWindow,
    onlyTrouble: parameters.get('show') === 'trouble',
  }
}

/** The query for an address that shows the same again: with its question mark, or empty. */
export function writeFilters({ strategy, account, window, onlyTrouble }: Filters, defaultWindow: string): string {
  const parameters = new URLSearchParams()
  if (strategy !== '') parameters.set('strategy_id', strategy)
  if (account !== '') parameters.set('account', account)
  if (window !== defaultWindow) parameters.set('window', window)
  if (onlyTrouble) parameters.set('show', 'trouble')
  const query = parameters.toString()
  return query === '' ? '' : `?${query}`
}
