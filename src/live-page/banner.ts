import type { Link } from '../client/link.js'
import { formatDuration } from '../client/session.js'
import { byId, Text } from './elements.js'

export interface BannerContext {
  readonly link: Link
  /** How old the numbers are that the page still shows; undefined where it shows none. */
  readonly ageMs: number | undefined
  /** Until the next attempt. */
  readonly retryInMs: number
  readonly troubled: number
}

/** How the connection is, where nobody can overlook it: across the page, in its badge, and in the tab's title. */
export class Banner {
  readonly #banner = byId('banner', HTMLElement)
  readonly #title = new Text(byId('banner-title', HTMLElement))
  readonly #text = new Text(byId('banner-text', HTMLElement))
  readonly #retry = byId('retry', HTMLButtonElement)
  readonly #badge = new Text(byId('link', HTMLElement))

  constructor(onRetry: () => void) {
    this.#retry.addEventListener('click', onRetry)
  }

  show({ link, ageMs, retryInMs, troubled }: BannerContext): void {
    const { state } = link
    const isCalm = state === 'live' || state === 'connecting'
    if (document.body.dataset.link !== state) document.body.dataset.link = state
    this.#banner.hidden = isCalm
    this.#retry.hidden = isCalm
    this.#title.show(isCalm ? '' : state.toUpperCase())
    this.#text.show(isCalm ? '' : describe(link, ageMs, retryInMs))
    this.#badge.show(state, `badge ${state === 'live' ? 'good' : isCalm ? '' : state === 'waiting' ? 'warn' : 'bad'}`)
    const trouble = troubled === 0 ? '' : `(${troubled}!) `
    const title = `${isCalm ? trouble : `✕ ${state.toUpperCase()} · `}Live · quant-exporter`
    if (document.title !== title) document.title = title
  }
}

function describe(link: Link, ageMs: number | undefined, retryInMs: number): string {
  if (link.state === 'live' || link.state === 'connecting') return ''
  const why = `${link.why.slice(0, 1).toUpperCase()}${link.why.slice(1)}.`
  const age = ageMs === undefined ? '' : ` The numbers below are ${formatDuration(ageMs)} old.`
  const again = link.state === 'refused' ? '' : ` Trying again in ${Math.ceil(Math.max(0, retryInMs) / 1_000)} s.`
  return `${why}${age}${again}`
}
