/**
 * The looks of the page: colours of the theme and nothing else. Heights, hatching and words tell apart what colours do.
 */
export const PAGE_STYLE = `
:root { --red: var(--vscode-charts-red, var(--vscode-editorError-foreground)); --amber: var(--vscode-charts-orange, var(--vscode-editorWarning-foreground));
  --green: var(--vscode-charts-green, var(--vscode-foreground)); --quiet: var(--vscode-descriptionForeground, var(--vscode-foreground));
  --line: var(--vscode-panel-border, var(--vscode-contrastBorder, var(--vscode-widget-border, currentColor))); }
body { margin: 0; padding: 0; color: var(--vscode-foreground); background: var(--vscode-editor-background);
  font: var(--vscode-font-weight, normal) var(--vscode-font-size, 13px)/1.5 var(--vscode-font-family, sans-serif); }
main { max-width: 1100px; margin: 0 auto; padding: 16px 24px 32px; }
h1 { font-size: 1.5em; font-weight: 600; margin: 0; flex: 1 1 auto; }
h2 { font-size: 1.1em; font-weight: 600; margin: 28px 0 8px; }
.head { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.lead { margin-top: 12px; border-left: 3px solid var(--vscode-focusBorder, currentColor); padding: 2px 0 2px 12px; }
.lead p { font-size: 1.15em; margin: 0; max-width: 75ch; overflow-wrap: anywhere; }
.waiting { list-style: none; padding: 0; margin: 8px 0 0; }
.waiting li { display: flex; gap: 10px; align-items: center; padding: 2px 0; }
.waiting span { min-width: 0; overflow-wrap: anywhere; }
button, select { font: inherit; color: var(--vscode-button-foreground); background: var(--vscode-button-background);
  border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 2px; padding: 3px 10px; cursor: pointer; white-space: nowrap; }
button:hover { background: var(--vscode-button-hoverBackground); }
button.second { color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
button.second:hover { background: var(--vscode-button-secondaryHoverBackground); }
select { color: var(--vscode-dropdown-foreground); background: var(--vscode-dropdown-background); border-color: var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent)); padding: 3px 4px; }
button.link { color: var(--vscode-textLink-foreground); background: none; border: 0; padding: 0; text-decoration: underline; }
:focus-visible { outline: 1px solid var(--vscode-focusBorder, currentColor); outline-offset: 1px; }
.help { margin: 0 0 4px; color: var(--quiet); font-size: .92em; }
.lane-row { display: grid; grid-template-columns: minmax(9em, 15em) minmax(0, 1fr); gap: 0 12px; align-items: center; padding: 3px 0; }
.lane-row.session { padding: 1px 0; }
.who { overflow-wrap: anywhere; line-height: 1.3; }
.now { color: var(--quiet); }
.now.red { color: var(--vscode-errorForeground, var(--red)); }
.now.amber { color: var(--vscode-editorWarning-foreground, var(--amber)); }
.what { min-width: 0; padding-left: 12px; font-size: .92em; display: flex; flex-direction: column; line-height: 1.25; }
.title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.how { color: var(--quiet); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
svg { display: block; width: 100%; overflow: visible; }
.axis-svg text { fill: var(--quiet); font-size: 11px; }
.lane { border-bottom: 1px solid var(--line); }
.tick { stroke: var(--line); stroke-width: 1; opacity: .6; }
.hatch { fill: var(--quiet); opacity: .55; }
.part.red { fill: var(--red); stroke: var(--red); stroke-width: 2; }
.part.amber { fill: var(--amber); stroke: var(--amber); stroke-width: 2; }
.part.healthy { fill: var(--green); }
.part.other { fill: var(--quiet); }
.part.notWatched { fill: url(#hatch); }
.part:focus { outline: none; stroke: var(--vscode-focusBorder, currentColor); stroke-width: 3; }
.bar { fill: var(--quiet); stroke: var(--quiet); stroke-width: 1; }
.bar.live { fill: var(--green); stroke: var(--green); }
.bar.red { fill: var(--red); stroke: var(--red); }
.bar.amber, .bar.waits { fill: var(--amber); stroke: var(--amber); }
.more { fill: var(--vscode-foreground); }
.limit { stroke: var(--vscode-foreground); stroke-width: 2; stroke-dasharray: 3 2; }
.caption { min-height: 1.5em; margin: 6px 0 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 540px; }
section caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
caption { text-align: left; color: var(--quiet); padding: 0 0 4px; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
/* The name of a daemon and a reason may hold a host, which has no blank to break at. */
td:nth-child(2), td:nth-child(4) { overflow-wrap: anywhere; }
.mark { white-space: nowrap; }
.mark::before { content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; background: var(--quiet); }
.mark.red::before { background: var(--red); }
.mark.amber::before { background: var(--amber); border-radius: 50%; }
details { margin-top: 24px; }
summary { cursor: pointer; font-weight: 600; }
details .wide { margin-top: 12px; }
@media (max-width: 560px) { main { padding: 12px; } .lane-row { grid-template-columns: minmax(0, 1fr); } .axis > span { display: none; } }
@media (forced-colors: active) { .part, .bar { forced-color-adjust: none; } }
`;
