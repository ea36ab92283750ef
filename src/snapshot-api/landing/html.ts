/** Markup that is safe to send; only `html` makes it. */
class Html {
  constructor(readonly text: string) {}
}
export type { Html }

type Part = string | number | Html | readonly Html[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A template whose every inserted text is escaped, in content and in quoted attributes; markup goes in as Html only.
 *
 * Names of strategies and accounts come from a database that others write.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const rendered = parts.map((part, index) => render(part) + (literals[index + 1] ?? ''))
  return new Html((literals[0] ?? '') + rendered.join(''))
}

export const NOTHING = html``

/** Text of our own that is markup already; nothing that came from outside may pass through here. */
export function trusted(text: string): Html {
  return new Html(text)
}

function render(part: Part): string {
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(({ text }) => text).join('')
  return String(part).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}
