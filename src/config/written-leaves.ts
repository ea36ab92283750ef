import { formatPath, type Path } from './schema-walk.js'

/** Every value of what a file says, with its place. */
export function writtenLeaves(value: unknown, path: Path = []): [place: string, value: string][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => writtenLeaves(item, [...path, index]))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, item]) => writtenLeaves(item, [...path, name]))
  }
  return value === undefined ? [] : [[formatPath(path), String(value)]]
}
