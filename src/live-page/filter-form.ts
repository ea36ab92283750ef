import { type Filters, readFilters, writeFilters } from '../client/filters.js'
import type { BookState } from '../client/scoreboard.js'
import { byId, make } from './elements.js'

/** The filters as the page's form; what is chosen stands in the address, so that it can be kept and passed on. */
export class FilterForm {
  readonly #strategy = byId('strategy', HTMLSelectElement)
  readonly #account = byId('account', HTMLSelectElement)
  readonly #window = byId('window', HTMLSelectElement)
  readonly #onlyTrouble = byId('only-trouble', HTMLInputElement)
  readonly #windows = [...this.#window.options].map(({ value }) => value)
  readonly #defaultWindow = document.documentElement.dataset.defaultWindow ?? ''
  #filters: Filters

  constructor(onChange: (filters: Filters, before: Filters) => void) {
    this.#filters = this.#read()
    this.#show()
    const change = (filters: Filters) => {
      const before = this.#filters
      this.#filters = filters
      onChange(filters, before)
    }
    const form = byId('filters', HTMLFormElement)
    form.addEventListener('submit', (event) => event.preventDefault())
    form.addEventListener('change', () => {
      const filters = {
        strategy: this.#strategy.value,
        account: this.#account.value,
        window: this.#window.value,
        onlyTrouble: this.#onlyTrouble.checked,
      }
      history.pushState(null, '', `${location.pathname}${writeFilters(filters, this.#defaultWindow)}`)
      change(filters)
    })
    addEventListener('popstate', () => {
      const filters = this.#read()
      change(filters)
      this.#show()
    })
  }

  get filters(): Filters {
    return this.#filters
  }

  /** Offers what there is. */
  offer(books: Iterable<BookState>): void {
    const strategies = new Map<string, string>()
    const accounts = new Map<string, string>()
    for (const { strategyId, strategy, account } of books) {
      strategies.set(strategyId, strategy)
      accounts.set(account, account)
    }
    offerIn(this.#strategy, strategies, this.#filters.strategy)
    offerIn(this.#account, accounts, this.#filters.account)
  }

  matches({ strategyId, account }: BookState): boolean {
    const { strategy, account: wanted } = this.#filters
    return (strategy === '' || strategy === strategyId) && (wanted === '' || wanted === account)
  }

  #read(): Filters {
    return readFilters(location.search, this.#windows, this.#defaultWindow)
  }

  #show(): void {
    this.#window.value = this.#filters.window
    this.#onlyTrouble.checked = this.#filters.onlyTrouble
    offerIn(this.#strategy, new Map(), this.#filters.strategy)
    offerIn(this.#account, new Map(), this.#filters.account)
  }
}

/** Lists the choices by name; what is chosen stays, also while there is no such book. The list is left alone where it is the same. */
function offerIn(select: HTMLSelectElement, names: ReadonlyMap<string, string>, chosen: string): void {
  const all = new Map(chosen === '' || names.has(chosen) ? names : [...names, [chosen, `${chosen} (not there)`]])
  const sorted = [['', 'all'] as const, ...[...all].sort(([, a], [, b]) => (a < b ? -1 : 1))]
  const isSame =
    select.options.length === sorted.length &&
    sorted.every(([value, name], index) => {
      const option = select.options[index]
      return option?.value === value && option.text === name
    })
  if (!isSame) {
    select.replaceChildren(
      ...sorted.map(([value, name]) => {
        const option = make('option', '', name)
        option.value = value
        return option
      }),
    )
  }
  if (select.value !== chosen) select.value = chosen
}
