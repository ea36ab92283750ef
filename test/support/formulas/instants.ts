/** How long before T the ends of cells are: of each span from the shortest on, every so often. Longest first, each once. */
export function instantsOf(grids: readonly (readonly [spanMs: number, everyMs: number])[]): number[] {
  const all = grids.flatMap(([spanMs, everyMs]) =>
    Array.from({ length: spanMs / everyMs }, (_, index) => spanMs - index * everyMs),
  )
  return [...new Set(all)].sort((a, b) => b - a)
}
