/** The value of the first series of a page of metrics whose name and labels contain all of the given texts. */
export function seriesOf(page, name, ...labels) {
  for (const line of page.split('\n')) {
    if (!line.startsWith(name) || !'{ '.includes(line[name.length])) continue
    if (labels.every((label) => line.includes(label))) return Number(line.slice(line.lastIndexOf(' ') + 1))
  }
  return undefined
}

/** The sum of all series of a name. */
export function sumOf(page, name) {
  let sum = 0
  for (const line of page.split('\n'))
    if (line.startsWith(name) && '{ '.includes(line[name.length])) sum += Number(line.slice(line.lastIndexOf(' ') + 1))
  return sum
}
