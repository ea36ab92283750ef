/** The style of /live: the colours of the other pages, and states that cannot be overlooked. */
export const LIVE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --text: #1b2430; --muted: #5c6875; --accent: #1f5fbf;
  --good: #146c3c; --good-soft: #e2f4e9; --warn: #8a5200; --warn-soft: #fdf0d8; --warn-line: #d98a14;
  --bad: #a8201a; --bad-soft: #fce6e4; --idle-soft: #e9edf1; --alarm: #b3211b; --alarm-text: #ffffff;
  --caution: #f3b13c; --caution-text: #2a1a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #181f27; --line: #2b343f; --text: #e4e9ef; --muted: #98a4b1; --accent: #7fb2ff;
    --good: #6fd79b; --good-soft: #143023; --warn: #f0bd6a; --warn-soft: #352710; --warn-line: #c98a2a;
    --bad: #ff968d; --bad-soft: #3b1a18; --idle-soft: #252e38; --alarm: #c4302a; --alarm-text: #ffffff;
    --caution: #d79a2e; --caution-text: #1d1200;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main { max-width: 1500px; margin: 0 auto; padding: 20px 20px 48px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
h1 { font-size: 22px; line-height: 1.2; letter-spacing: -0.01em; margin: 0; }
h2 { font-size: 13px; letter-spacing: 0.06em; text-transform: uppercase; color: var(--muted); margin: 18px 0 8px; }
p { margin: 0; }
a { color: var(--accent); text-decoration: none; }
h1 a { color: inherit; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.muted { color: var(--muted); font-weight: 400; }
.small { font-size: 13px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; z-index: 4; background: var(--card); padding: 6px 10px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.notice { padding: 14px 18px; margin-top: 14px; border-left: 4px solid var(--accent); }
.clock { margin-left: auto; font-variant-numeric: tabular-nums; }

.badge {
  display: inline-flex; align-items: center; gap: 7px; padding: 2px 10px; border-radius: 999px;
  font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--idle-soft); color: var(--muted);
}
.badge::before { content: ''; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.badge.good { background: var(--good-soft); color: var(--good); }
.badge.warn { background: var(--warn-soft); color: var(--warn); }
.badge.bad { background: var(--bad-soft); color: var(--bad); }

.banner {
  position: sticky; top: 0; z-index: 3; padding: 12px 20px; font-size: 16px; overflow-wrap: anywhere;
  background: var(--alarm); color: var(--alarm-text);
}
.banner strong { letter-spacing: 0.04em; margin-right: 6px; }
.banner button { margin-left: 10px; }
[data-link='waiting'] .banner { background: var(--caution); color: var(--caution-text); }

select, button, input {
  font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 7px;
  padding: 5px 9px; min-height: 34px; max-width: 100%;
}
button { cursor: pointer; font-weight: 600; }
input[type='checkbox'] { min-height: 0; width: 17px; height: 17px; margin: 0; accent-color: var(--accent); }
.filters { display: flex; flex-wrap: wrap; align-items: end; gap: 8px 14px; margin: 14px 0 10px; }
.filters label { display: grid; gap: 2px; font-size: 12px; font-weight: 600; color: var(--muted); min-width: 0; }
.filters select { font-size: 15px; font-weight: 400; }
.filters .check { display: flex; align-items: center; gap: 8px; min-height: 34px; font-size: 14px; color: var(--text); }
#token-form label { font-weight: 600; }
.line { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0 6px; }
.line input { flex: 1 1 220px; }
.problem { color: var(--bad); font-weight: 600; }
.summary { margin: 0 0 10px; font-weight: 600; }
.summary.troubled { color: var(--warn); }
.summary.troubled::before { content: '! '; }

#alert-list { list-style: none; margin: 0 0 12px; padding: 0; display: grid; gap: 6px; }
.alert { display: flex; flex-wrap: wrap; gap: 2px 12px; padding: 8px 14px; border-left: 6px solid var(--warn-line); }
.alert .about { flex-basis: 100%; order: 1; }
.alert strong { color: var(--warn); }
.alert.critical { border-left-color: var(--alarm); }
.alert.critical strong { color: var(--bad); }
.alert.info { border-left-color: var(--line); }
.alert.info strong { color: var(--muted); }

table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--card);
  border: 1px solid var(--line); border-radius: 10px; }
thead th { position: sticky; top: 0; z-index: 1; background: var(--card); border-bottom: 1px solid var(--line);
  font-size: 12px; color: var(--muted); white-space: nowrap; }
thead th:first-child { border-top-left-radius: 10px; }
thead th:last-child { border-top-right-radius: 10px; }
th, td { padding: 9px 12px; text-align: left; vertical-align: top; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
tbody th { font-weight: 400; border-left: 6px solid transparent; }
tbody th span, td.number span { display: block; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.account { overflow-wrap: anywhere; }
.account, .session { font-size: 13px; color: var(--muted); }
.trouble { font-weight: 600; font-size: 13px; color: var(--warn); }
.trouble:not(:empty)::before { content: '! '; }
.value { font-size: 16px; white-space: nowrap; }
.value.gain { color: var(--good); }
.value.loss { color: var(--bad); }
.value.none { color: var(--muted); }
.note { font-size: 12px; color: var(--muted); }
.note:not(:empty) { max-width: 130px; margin-left: auto; }
.spark { display: block; width: 96px; height: 22px; margin: 3px 0 0 auto; }
.spark path { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.badges { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(2, minmax(108px, 1fr)); gap: 4px; }
.fresh { font-size: 12px; line-height: 1.3; padding: 3px 8px; border-radius: 6px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.fresh.good { background: var(--good-soft); color: var(--good); }
.fresh.stale { background: var(--caution); color: var(--caution-text); font-weight: 700; }
.fresh.error { background: var(--alarm); color: var(--alarm-text); font-weight: 700; }
.fresh.insufficient_data { background: var(--idle-soft); color: var(--muted); }

tr[data-state='alert'] th[scope='row'] { border-left-color: var(--alarm); }
tr[data-state='stale'] th[scope='row'] { border-left-color: var(--caution); }
tr[data-state='silent'] th[scope='row'] { border-left-color: var(--alarm); }
tr[data-state='stale'] > * { background: color-mix(in srgb, var(--caution) 11%, transparent); }
tr[data-state='silent'] > * { background: repeating-linear-gradient(135deg, transparent 0 9px, var(--bad-soft) 9px 18px); }
/* Nothing of what is left from before may look like news. */
body:not([data-link='live']) tbody { filter: grayscale(1); opacity: 0.55; }
body:not([data-link='live'], [data-link='connecting']) table {
  background: repeating-linear-gradient(135deg, var(--card) 0 12px, var(--bad-soft) 12px 24px);
}
footer { margin-top: 18px; }

@media (max-width: 1120px) {
  thead { display: none; }
  table, tbody { display: block; border: 0; background: none; }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 2px 10px; padding: 10px 12px;
    margin-bottom: 10px; background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--line); border-radius: 10px; }
  tbody tr + tr > * { border-top: 0; }
  th, td { padding: 3px 0; }
  tbody th { grid-column: 1 / -1; border-left: 0; display: flex; flex-wrap: wrap; gap: 0 10px; align-items: baseline; }
  tbody th .trouble { flex-basis: 100%; }
  td.number { text-align: left; }
  td::before { content: attr(data-label); display: block; font-size: 11px; font-weight: 600; color: var(--muted); }
  .note:not(:empty), .spark { margin-left: 0; }
  td.freshness { grid-column: 1 / -1; }
  .badges { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); }
  tr[data-state] > * { background: none !important; }
  tbody tr[data-state='alert'], tbody tr[data-state='silent'] { border-left-color: var(--alarm); }
  tbody tr[data-state='stale'] { border-left-color: var(--caution); background: color-mix(in srgb, var(--caution) 9%, var(--card)); }
  tbody tr[data-state='silent'] { background: repeating-linear-gradient(135deg, var(--card) 0 9px, var(--bad-soft) 9px 18px); }
}
@media (max-width: 480px) {
  main { padding: 14px 12px 40px; }
  .banner { padding: 10px 12px; }
  .clock { margin-left: 0; flex-basis: 100%; font-size: 13px; }
  .filters { display: grid; grid-template-columns: 1fr 1fr; }
  .filters select { width: 100%; }
  .filters .check { grid-column: 1 / -1; }
  tbody tr { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .spark { width: 100%; }
}
`
