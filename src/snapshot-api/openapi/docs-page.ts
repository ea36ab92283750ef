import { type Html, html, NOTHING, trusted } from '../landing/html.js'
import { STYLE } from '../landing/style.js'
import type { OpenApiDocument, OperationObject, ResponseObject } from './document.js'
import type { JsonSchema } from './schemas.js'

/** The document as one self-contained page. `documentUrl` is relative to it. */
export function renderDocsPage(document: OpenApiDocument, documentUrl: string): string {
  const { info, paths, components } = document
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · quant-exporter</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<header><h1>API</h1><a href="./">quant-exporter</a></header>
<p class="muted">${info.description}</p>
<p>For programs: <a href="${documentUrl}">openapi.json</a>, OpenAPI ${document.openapi}, contract ${info.version}.</p>
<h2>Paths</h2>
${Object.entries(paths).map(([path, { get }]) => operation(path, get))}
<h2>Bodies</h2>
${Object.entries(components.schemas).map(([name, schema]) => body(name, schema))}
</main>
</body>
</html>
`.text
}

function operation(path: string, { operationId, summary, description, parameters, responses }: OperationObject): Html {
  const title = path.slice(path.lastIndexOf('/'))
  return html`<details class="card entry" id="${operationId}">
<summary><code>${title}</code> ${summary}</summary>
<p><code>GET ${path}</code></p>
<p>${description}</p>
${parameters.length === 0 ? NOTHING : parameterTable(parameters)}
<div class="scroll"><table><thead><tr><th>Status</th><th>Answer</th></tr></thead>
<tbody>${Object.entries(responses).map(([status, response]) => responseRow(status, response))}</tbody></table></div>
</details>
`
}

function parameterTable(parameters: OperationObject['parameters']): Html {
  return html`<div class="scroll"><table><thead><tr><th>Parameter</th><th>Value</th><th>Meaning</th></tr></thead>
<tbody>${parameters.map(
    ({
      name,
      required,
      schema,
      description,
    }) => html`<tr><td><code>${name}</code>${required ? html`<br>required` : NOTHING}</td>
<td>${typeText(schema)}</td><td>${description}</td></tr>`,
  )}</tbody></table></div>`
}

function responseRow(status: string, { description, content = {} }: ResponseObject): Html {
  const types = Object.entries(content).map(
    ([type, { schema }]) => html`<br><span class="muted small">${type}: ${typeText(schema)}</span>`,
  )
  return html`<tr><td>${status}</td><td>${description}${types}</td></tr>`
}

function body(name: string, schema: JsonSchema): Html {
  return html`<details class="card entry" id="${name}">
<summary><code>${name}</code></summary>
<pre class="scroll mono">${JSON.stringify(schema, undefined, 2)}</pre>
</details>
`
}

/** A schema in a few words; one that has a name links to it. */
function typeText(schema: JsonSchema): Html {
  const { $ref, type, format, items, default: fallback } = schema
  if (typeof $ref === 'string') {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return html`<a href="#${name}">${name}</a>`
  }
  if (Array.isArray(schema.enum)) return html`${schema.enum.join(', ')}${defaultText(fallback)}`
  if (type === 'array') return html`${typeText((items ?? {}) as JsonSchema)}, comma-separated`
  return html`${String(format ?? type ?? 'anything')}${defaultText(fallback)}`
}

function defaultText(fallback: unknown): Html {
  return fallback === undefined ? NOTHING : html` (default ${String(fallback)})`
}
