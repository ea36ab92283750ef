/** The whole style of the landing page: no file, no font, no host but this one. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --text: #1b2430; --muted: #5c6875; --accent: #1f5fbf;
  --good: #146c3c; --good-soft: #e2f4e9; --warn: #8a5200; --warn-soft: #fdf0d8;
  --bad: #a8201a; --bad-soft: #fce6e4; --idle-soft: #e9edf1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #181f27; --line: #2b343f; --text: #e4e9ef; --muted: #98a4b1; --accent: #7fb2ff;
    --good: #6fd79b; --good-soft: #143023; --warn: #f0bd6a; --warn-soft: #352710;
    --bad: #ff968d; --bad-soft: #3b1a18; --idle-soft: #252e38;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 36px 20px 56px; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
h1 { font-size: 26px; line-height: 1.2; letter-spacing: -0.01em; margin: 0; }
h2 { font-size: 13px; letter-spacing: 0.06em; text-transform: uppercase; color: var(--muted); margin: 34px 0 10px; }
p { margin: 6px 0 0; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
code, .mono { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: var(--idle-soft); border-radius: 5px; padding: 2px 6px; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.small { font-size: 13px; }
.badge {
  display: inline-flex; align-items: center; gap: 7px; padding: 2px 10px; border-radius: 999px;
  font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--idle-soft); color: var(--muted);
}
.badge::before { content: ''; width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
.badge.good { background: var(--good-soft); color: var(--good); }
.badge.warn { background: var(--warn-soft); color: var(--warn); }
.badge.bad { background: var(--bad-soft); color: var(--bad); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.notice { padding: 16px 20px; margin-top: 22px; border-left: 4px solid var(--accent); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 10px 16px; text-align: left; vertical-align: top; }
th { font-size: 12px; font-weight: 600; color: var(--muted); white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
tbody tr:hover { background: color-mix(in srgb, var(--accent) 5%, transparent); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td .mono { display: block; font-size: 12px; overflow-wrap: anywhere; }
.gain { color: var(--good); }
.loss { color: var(--bad); }
.links { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 12px; padding: 0; margin: 0; }
.links li { list-style: none; padding: 14px 16px; }
.links a { font-weight: 600; }
.links p { margin-top: 2px; }
.entry { padding: 12px 16px; margin-top: 10px; }
.entry summary { cursor: pointer; }
.entry > * + * { margin-top: 10px; }
pre { margin: 0; max-height: 60vh; overflow: auto; }
footer { margin-top: 36px; padding-top: 14px; border-top: 1px solid var(--line); }
`
