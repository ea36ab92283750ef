import type { FrameReader, HealthReport } from '../../domain/ports.js'
import { type EpochMs, toIso } from '../../domain/time.js'
import type { Build } from '../api-options.js'
import { type Html, html, NOTHING, trusted } from './html.js'
import { STYLE } from './style.js'
import { type BookRow, badge, bookTable, stageTable } from './tables.js'

type State = ReturnType<FrameReader['state']>

/** What the page shows; all of it read at one moment. */
interface LandingView {
  readonly state: State
  /** A token is asked for and did not come: stages and books are not shown. */
  readonly isLocked: boolean
  readonly now: EpochMs
  readonly health: HealthReport
  readonly build: Build
  /** Empty while there are no frames. */
  readonly books: readonly BookRow[]
  readonly switches: {
    readonly enabledVariable: string
    readonly apiEnabled: boolean
    readonly apiEnabledVariable: string
  }
  /** Relative to the page, so that it also works behind a proxy's path. */
  readonly links: Readonly<Record<'live' | 'metrics' | 'health' | 'strategies' | 'docs', string>>
}

const STATE_BADGES: Record<State, Html> = {
  disabled: badge('disabled', 'idle'),
  warming_up: badge('warming up', 'warn'),
  ready: badge('ready', 'good'),
  stopping: badge('shutting down', 'warn'),
}

/** The page reloads itself where something will change without anybody's doing. */
const REFRESH_SECONDS: Record<State, number | undefined> = {
  disabled: undefined,
  warming_up: 2,
  ready: 10,
  stopping: undefined,
}

/** The landing page as one self-contained document. */
export function renderPage(view: LandingView): string {
  const { state, now, build } = view
  const refresh = REFRESH_SECONDS[state]
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${refresh === undefined ? NOTHING : html`<meta http-equiv="refresh" content="${refresh}">`}
<title>quant-exporter</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<header><h1>quant-exporter</h1>${STATE_BADGES[state]}${healthBadge(view)}</header>
<p class="muted">Live performance, risk and execution quality of trading strategies, for Prometheus and as JSON.</p>
${notice(view)}
${sections(view)}
<footer class="muted small">Version ${build.version}, revision ${build.revision}, at
<time datetime="${toIso(now)}">${toIso(now)}</time></footer>
</main>
</body>
</html>
`.text
}

function healthBadge({ state, isLocked, health }: LandingView): Html {
  if (state !== 'ready' || isLocked) return NOTHING
  if (health.status === 'degraded') return badge('degraded', 'warn')
  return health.status === 'failing' ? badge('failing', 'bad') : NOTHING
}

function notice({ state, isLocked, switches }: LandingView): Html {
  if (state === 'disabled') {
    return html`<div class="card notice"><strong>Turned off.</strong> Nothing is read and nothing is computed.
Start the exporter with <code>${switches.enabledVariable}=true</code> to turn it on.</div>`
  }
  if (state === 'warming_up') {
    return html`<div class="card notice"><strong>Warming up.</strong> The history is being read; the first numbers appear
when it is complete. This page reloads itself.</div>`
  }
  return isLocked
    ? html`<div class="card notice"><strong>A token is asked for.</strong> Stages and books are shown to requests with
<code>Authorization: Bearer …</code>.</div>`
    : NOTHING
}

function sections({ state, isLocked, now, health, books, switches, links }: LandingView): Html {
  const off = state === 'disabled' || isLocked
  return html`${off ? NOTHING : html`<h2>Sources and stages</h2>${stageTable(health, now)}`}
${off || state === 'warming_up' ? NOTHING : html`<h2>Books</h2>${switches.apiEnabled ? bookTable(books) : apiIsOff(switches)}`}
<h2>Endpoints</h2>
<ul class="links">
${link(links.live, '/live', 'All books as they change, for whoever is on call.')}
${link(links.metrics, '/metrics', 'Everything for Prometheus.')}
${link(links.health, '/health', 'Every stage, with its lag and its last error.')}
${link(links.strategies, '/strategies', 'What can be asked for: strategies and their accounts.')}
${link(links.docs, '/docs', 'The API, described.')}
${link('healthz', '/healthz', 'Liveness: ticks complete.')}
${link('readyz', '/readyz', 'Readiness: the first frame is out.')}
</ul>`
}

function apiIsOff({ apiEnabledVariable }: LandingView['switches']): Html {
  return html`<p class="muted">Shown together with the JSON API, which is off: start the exporter with
<code>${apiEnabledVariable}=true</code>.</p>`
}

function link(href: string, title: string, description: string): Html {
  return html`<li class="card"><a href="${href}">${title}</a><p class="muted small">${description}</p></li>`
}
