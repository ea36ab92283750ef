import { WINDOWS } from '../../domain/window.js'
import { html } from '../landing/html.js'
import { DEFAULT_WINDOW } from '../snapshot-query.js'
import { ENTRY } from './scripts.js'

/** The page before its script has run: everything that stays, and places for what comes. `apiUrl` is relative to it. */
export function renderLivePage(apiUrl: string): string {
  return html`<!doctype html>
<html lang="en" data-api="${apiUrl}" data-default-window="${DEFAULT_WINDOW}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Live · quant-exporter</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="live/style.css">
<script type="module" src="${ENTRY}"></script>
</head>
<body data-link="connecting">
<a class="skip" href="#books">To the books</a>
<div id="banner" class="banner" role="alert" hidden><strong id="banner-title"></strong> <span id="banner-text"></span>
<button id="retry" type="button" hidden>Try now</button></div>
<main>
<header>
<h1><a href="./">quant-exporter</a> <span class="muted">live</span></h1>
<p id="link" class="badge" role="status">connecting</p>
<p class="clock muted"><time id="clock">no frame yet</time></p>
</header>
<noscript><p class="card notice">This page needs its script. <a href="./">The first page</a> needs none.</p></noscript>
<form id="token-form" class="card notice" hidden>
<label for="token">This exporter asks for a token.</label>
<p id="token-problem" class="problem" role="alert"></p>
<p class="line"><input id="token" type="password" autocomplete="off" spellcheck="false" required>
<button type="submit">Open</button></p>
<p class="muted small">It is kept until this tab is closed, and sent to this exporter alone.</p>
</form>
<form id="filters" class="filters" aria-label="Filters">
<label>Strategy <select id="strategy"><option value="">all</option></select></label>
<label>Account <select id="account"><option value="">all</option></select></label>
<label>Window <select id="window">${WINDOWS.map((window) => html`<option>${window}</option>`)}</select></label>
<label class="check"><input id="only-trouble" type="checkbox"> Only what needs attention</label>
<button id="forget-token" type="button" hidden>Forget the token</button>
</form>
<p id="summary" class="summary" role="status"></p>
<section id="alerts" aria-label="Open alerts" hidden><h2>Open alerts</h2><ul id="alert-list"></ul></section>
<section aria-label="Books">
<table id="books" tabindex="-1">
<caption class="hidden">All books, one a line</caption>
<thead><tr id="head"></tr></thead>
<tbody id="rows"></tbody>
</table>
<p id="empty" class="card notice">Waiting for the first books.</p>
</section>
<footer class="muted small">Lines show up to a quarter of an hour. Times are the exporter's. Old or missing numbers are
grey and say so; nothing on this page is shown as good that is not fresh.</footer>
</main>
</body>
</html>
`.text
}
