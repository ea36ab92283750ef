import { existsSync, readFileSync } from 'node:fs'

/**
 * A case of an independent project with its own tolerance. They lie outside the repository; where they are not there
 * the suite that reads them is counted as skipped.
 */
export interface ReferenceCase<Input> {
  readonly id: string
  readonly metric: string
  readonly input: Input
  readonly params: { readonly mark?: number; readonly p?: number }
  readonly expected: number | null
  readonly tolerance: number
}

/** The cases of one file of ../shared/vectors; none where the folder is not there. */
export function referenceCases<Input>(name: string): readonly ReferenceCase<Input>[] {
  const file = new URL(`../../../shared/vectors/${name}.json`, import.meta.url)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ReferenceCase<Input>[]) : []
}

/** Fails unless a value is what a case expects, within its tolerance; null expects that there is none. */
export function expectValue(value: number | null, { expected, tolerance }: ReferenceCase<unknown>): void {
  if (expected === null) expect(value).toBeNull()
  else expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThanOrEqual(tolerance)
}
