import { renderApiTypes } from '../../../src/docs/api-types.js'
import { openApiDocument } from '../../../src/snapshot-api/openapi/document.js'
import type { JsonSchema } from '../../../src/snapshot-api/openapi/schemas.js'
import type {
  DeltaBody,
  HealthBody,
  SeriesBody,
  SnapshotBody,
  StrategiesBody,
} from '../../../src/snapshot-api/schemas.js'
import type { Delta, Health, Series, Snapshot, Strategies } from '../../../types/api.js'

/** Does not compile where the exported type does not take what the server builds. */
type Takes<Exported, Served extends Exported> = Served
interface Checked {
  readonly Snapshot: Takes<Snapshot, SnapshotBody>
  readonly Delta: Takes<Delta, DeltaBody>
  readonly Series: Takes<Series, SeriesBody>
  readonly Health: Takes<Health, HealthBody>
  readonly Strategies: Takes<Strategies, StrategiesBody>
}
const CHECKED: readonly (keyof Checked)[] = ['Snapshot', 'Delta', 'Series', 'Health', 'Strategies']

const document = openApiDocument('/base')

function render(schemas: Readonly<Record<string, JsonSchema>>): string {
  return renderApiTypes({ ...document, components: { ...document.components, schemas } })
}

describe('the exported types of the API', () => {
  test('are a type for each body', () => {
    const text = renderApiTypes(document)
    for (const name of CHECKED) expect(text).toContain(`\nexport type ${name} = {\n`)
    expect(text).not.toMatch(/: unknown|unknown\[\]/)
  })

  test('have optional parts, closed lists, unions, lists, maps and references', () => {
    const text = { type: 'string' }
    const written = render({
      Book: {
        type: 'object',
        properties: { id: text, side: { enum: ['buy', 'sell'] }, at: { anyOf: [text, { type: 'null' }] } },
        required: ['id', 'at'],
      },
      Books: { type: 'array', items: { $ref: '#/components/schemas/Book' } },
      Counts: { type: 'object', additionalProperties: { type: ['integer', 'null'] } },
    })
    expect(written.slice(written.indexOf('export'))).toBe(
      [
        'export type Book = {',
        '  readonly id: string',
        '  readonly side?: "buy" | "sell" | undefined',
        '  readonly at: string | null',
        '}',
        '',
        'export type Books = readonly Book[]',
        '',
        'export type Counts = { readonly [key: string]: number | null }',
        '',
      ].join('\n'),
    )
  })
})
