import { z } from 'zod'
import { settingEntries } from '../config/environment.js'
import { KEY_NOTES } from '../config/key-notes.js'
import { quantConfigSchema } from '../config/quant-config-schema.js'
import { formatPath, type Path, required } from '../config/schema-walk.js'
import { SECTIONS, type Setting } from '../config/setting.js'

const INTRODUCTION = `# Configuration

<!-- Generated from src/config by \`npm run generate\`; edit the descriptions there. -->

Settings are environment variables; what does not fit into one stands in a YAML file that \`QUANT_CONFIG\` names.
\`quant-exporter config\` prints what is in force, with secrets masked.

Everything is checked at the start, and all problems are told at once. A variable that is empty counts as not set.
A variable that begins with \`QUANT_\` or \`JANGAR_TORGHUT_QUANT_\` and does not stand here is an error, save
\`QUANT_EXPORTER_*\`, which Kubernetes sets by itself for a service of that name. Settings without a default may be left out.
`

const TRADING_DATABASE = `The DSN is a URL: \`postgresql://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETER=VALUE\`. The characters \`@ : / ? %\` in user and
password are percent-encoded. The port is 5432 and the database is named like the user unless given. A socket is named by
its folder: \`postgresql://USER@/DATABASE?host=/var/run/postgresql\`. Used parameters are \`host\`, \`port\`, \`dbname\`, \`user\`,
\`password\`, \`sslmode\` and \`sslrootcert\`; others are refused, save a few that only tune a client (\`application_name\`,
\`connect_timeout\`, \`keepalives…\`), which we set ourselves.

How the connection is protected: \`sslmode\` in the DSN, else \`TORGHUT_DB_SSLMODE\`, else \`PGSSLMODE\`, else \`verify-full\` for
every host that is not loopback or a socket. Nothing else turns protection off.

| sslmode | encrypted | the server's certificate | CA |
|---|---|---|---|
| \`disable\` | no | | not used |
| \`require\` | yes | its chain is verified when there is a CA | may be given |
| \`verify-ca\` | yes | its chain is verified | needed |
| \`verify-full\` | yes | its chain and its host name are verified | needed |

\`prefer\` and \`allow\` are refused, since they may go on without encryption. The CA \`system\` goes with \`verify-full\` only.
Through a socket there is no TLS, whatever the mode.
`

const FILE = `## The file QUANT_CONFIG

YAML. Unknown keys are errors. [examples/quant-config.yaml](../examples/quant-config.yaml) has every key with a comment.
Limits of alerts (every \`policy\`) are taken while \`serve\` runs, some seconds after the file has changed or at SIGHUP; everything
else counts from the next start. A file with a mistake is refused as a whole, and the limits of before stay in force.
`

/** The text of docs/configuration.md, from the table of variables and the schema of the file. */
export function renderConfigurationDocs(): string {
  const sections = SECTIONS.map((section) => {
    const rows = settingEntries().filter(([, setting]) => setting.section === section)
    return [
      `## ${section}`,
      ...(section === 'Trading database' ? [TRADING_DATABASE.trimEnd()] : []),
      table(
        ['variable', 'default', 'unit', 'meaning'],
        rows.map(([, setting]) => variableRow(setting)),
      ),
    ].join('\n\n')
  })
  const keys = table(['key', 'default', 'meaning'], keyRows(quantConfigSchema, []))
  return `${[INTRODUCTION.trimEnd(), ...sections, FILE.trimEnd(), keys].join('\n\n')}\n`
}

function variableRow({ key, fallback, fallbackNote, unit, description, isSecret, format }: Setting<unknown>): string[] {
  const byDefault = fallback === undefined ? (fallbackNote ?? '') : `\`${fallback}\``
  return [`\`${key}\``, byDefault, unit ?? '', meaning(description, format.allowed, isSecret)]
}

function keyRows(schema: z.ZodType, path: Path): string[][] {
  const place = required(schema)
  const { allowed = '', description, fallback, placeholder } = KEY_NOTES.get(place) ?? {}
  const own =
    description === undefined
      ? []
      : [[`\`${formatPath(path).replaceAll('.[]', '[]')}\``, fallback ?? '', meaning(description, allowed)]]
  if (place instanceof z.ZodObject) {
    const entries = Object.entries(place.shape as Record<string, z.ZodType>)
    return [...own, ...entries.flatMap(([name, inner]) => keyRows(inner, [...path, name]))]
  }
  if (place instanceof z.ZodRecord) {
    const inner = place.valueType as z.ZodType
    return [...own, ...keyRows(inner, [...path, KEY_NOTES.get(inner)?.placeholder ?? placeholder ?? '<name>'])]
  }
  if (place instanceof z.ZodArray) return [...own, ...keyRows(place.element as z.ZodType, [...path, '[]'])]
  return own
}

function meaning(description: string, allowed: string, isSecret = false): string {
  return `${description}${isSecret ? ' A secret, shown masked.' : ''} Allowed: ${allowed}.`
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(titles), `|${titles.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}
