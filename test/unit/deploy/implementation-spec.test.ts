import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { SETTINGS } from '../../../src/config/environment.js'

/** The keys of the design's handoff bundle, in its order. */
const REQUIRED_KEYS = ['repository', 'base', 'head', 'jangarNamespace', 'torghutNamespace', 'gitopsPath', 'designDoc']
/** What it says of the end: each criterion by a word of it. */
const EXIT_CRITERIA = [
  /tier-1 metrics .* freshness metadata/,
  /near-real-time .* in paper mode/,
  /[Ff]iring and resolution/,
  /rollback/,
]
const ARTIFACTS = [
  /metrics engine and storage migrations/,
  /API and SSE endpoints/,
  /[Dd]ashboard pages/,
  /alert rule manifests and runbook notes/i,
]

const shape = z.strictObject({
  apiVersion: z.literal('agents.proompteng.ai/v1alpha1'),
  kind: z.literal('ImplementationSpec'),
  metadata: z.strictObject({ name: z.string(), namespace: z.string() }),
  spec: z.strictObject({
    summary: z.string(),
    text: z.string(),
    contract: z.strictObject({ requiredKeys: z.array(z.string()) }),
    acceptanceCriteria: z.array(z.string()),
  }),
})

const PATH = /\b(?:docs|test|argocd|deploy|dashboards|prometheus-rules|alertmanager)\/[\w./-]*\w/g

describe('the handoff bundle', () => {
  const written = readFileSync('argocd/agentrun/implementation-spec.yaml', 'utf8')
  const { metadata, spec } = shape.parse(parse(written))

  test('has the name and the keys of the design, and uses each key', () => {
    expect(metadata.name).toBe('jangar-quant-performance-control-plane-impl-v1')
    expect(spec.contract.requiredKeys).toEqual(REQUIRED_KEYS)
    const used = new Set([...spec.text.matchAll(/\$\{(\w+)\}/g)].map(([, key]) => key))
    expect([...used].sort()).toEqual([...REQUIRED_KEYS].sort())
  })

  test('names artifacts and exit criteria of the design, each with what tells of it or holds it', () => {
    expect(spec.acceptanceCriteria).toHaveLength(EXIT_CRITERIA.length)
    for (const [index, criterion] of spec.acceptanceCriteria.entries()) {
      expect(criterion).toMatch(EXIT_CRITERIA[index] ?? /^$/)
      const paths = criterion.match(PATH) ?? []
      expect(paths.filter((path) => path.endsWith('.test.ts'))).not.toEqual([])
      expect(paths.filter((path) => path.startsWith('docs/'))).not.toEqual([])
    }
    const lines = spec.text.split('\n')
    for (const artifact of ARTIFACTS) expect(lines.find((line) => artifact.test(line))?.match(PATH)).toBeTruthy()
  })

  test('names nothing that is not there', () => {
    const paths = [...new Set(written.match(PATH))]
    expect(paths.length).toBeGreaterThan(20)
    expect(paths.filter((path) => !existsSync(path))).toEqual([])
  })

  test('names settings that there are, with values that they take', () => {
    const settings = [...spec.text.matchAll(/\b(JANGAR_\w+)=(\S+)/g)]
    expect(settings.length).toBe(5)
    for (const [, key, value] of settings) {
      const setting = Object.values(SETTINGS).find((one) => one.key === key)
      expect({ key, isKnown: setting !== undefined }).toEqual({ key, isKnown: true })
      expect(setting?.format.schema.safeParse(value).success).toBe(true)
    }
  })
})
