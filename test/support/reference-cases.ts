import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A case of an independent project with its own tolerance. They lie outside the repository.
 */
export interface ReferenceCase<Input> {
  readonly id: string
  readonly metric: string
  readonly input: Input
  readonly params: { readonly mark?: number; readonly p?: number }
  readonly expected: number | null
  readonly tolerance: number
}

const FOLDER = new URL('../../../shared/vectors/', import.meta.url)
const isThere = existsSync(FOLDER)

/** A suite that rests on the reference cases; where they are not there it is counted as skipped, and says why. */
export function describeReferences(name: string, suite: () => void): void {
  if (isThere) describe(name, suite)
  else test.skip(`${name}: ../shared/vectors is not beside the project`, () => expect(isThere).toBe(true))
}

/** Path of a file of ../shared/vectors. */
export function referenceFile(name: string): string {
  return fileURLToPath(new URL(`${name}.json`, FOLDER))
}

/** The cases of one file of ../shared/vectors; none where the folder is not there. */
export function referenceCases<Input>(name: string): readonly ReferenceCase<Input>[] {
  return isThere ? (JSON.parse(readFileSync(referenceFile(name), 'utf8')) as ReferenceCase<Input>[]) : []
}

/** Fails unless a value is what a case expects, within its tolerance; null expects that there is none. */
export function expectValue(value: number | null, { expected, tolerance }: ReferenceCase<unknown>): void {
  if (expected === null) expect(value).toBeNull()
  else expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(tolerance)
}
