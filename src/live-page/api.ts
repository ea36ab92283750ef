import { type Fields, parseFields } from '../client/fields.js'

/** Reads the API as its page: with the token where there is one, and nowhere else than where the page came from. */
export class Api {
  readonly #base: string
  readonly #token: () => string | undefined

  constructor(token: () => string | undefined) {
    this.#base = document.documentElement.dataset.api ?? ''
    this.#token = token
  }

  url(path: string, query: Readonly<Record<string, string>>): string {
    return new URL(`${this.#base}${path}?${new URLSearchParams(query)}`, document.baseURI).href
  }

  /** The body of an answer; its status where that is another than 200. */
  async get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Fields | number> {
    const token = this.#token()
    const response = await fetch(this.url(path, query).replace(/\?$/, ''), {
      signal,
      headers: { Accept: 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    })
    return response.status === 200 ? parseFields(await response.text()) : response.status
  }
}
