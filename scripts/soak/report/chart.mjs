// One measure over the run as inline SVG: its points, its level, and the times of faults as bands. Colours are the page's.
const [WIDTH, HEIGHT] = [560, 150]
const [LEFT, RIGHT, TOP, BOTTOM] = [48, 8, 8, 22]

export function chart({ title, unit, level, points, faults, seconds }) {
  if (points.length === 0)
    return `<figure><figcaption>${title}</figcaption><p class="none">nothing was measured</p></figure>`
  const most = Math.max(...points.map(([, value]) => value))
  // A level far above everything would flatten what there is to see.
  const isLevelShown = level !== undefined && level <= most * 4
  const top = niceAbove(isLevelShown ? Math.max(most, level) : most)
  const x = (at) => LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT)
  const y = (value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM)
  const place = (number) => number.toFixed(1)
  const bands = faults.map(
    ({ title: fault, beganAt, lastedSeconds }) =>
      `<rect class="fault" x="${place(x(beganAt))}" y="${TOP}" width="${place(Math.max(1, x(beganAt + lastedSeconds) - x(beganAt)))}" height="${HEIGHT - TOP - BOTTOM}"><title>${fault}</title></rect>`,
  )
  const lines = [0, top / 2, top].map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(y(value))}" y2="${place(y(value))}"/><text x="${LEFT - 6}" y="${place(y(value) + 3)}" text-anchor="end">${number(value)}</text>`,
  )
  const times = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${place(x(share * seconds))}" y="${HEIGHT - 6}" text-anchor="${share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}">${timeOf(share * seconds)}</text>`,
  )
  const limit = isLevelShown
    ? `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(y(level))}" y2="${place(y(level))}"><title>service level of the 95th percentile</title></line>`
    : ''
  const dots = points.map(([at, value]) => `M${place(x(at))} ${place(y(value))}h0`).join('')
  return `<figure><figcaption>${title} <span>${unit}</span></figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${bands.join('')}${lines.join('')}${times.join('')}${limit}<path class="dots" d="${dots}"/></svg></figure>`
}

/** The next of 1, 2, 5, 10, … at or above a value. */
function niceAbove(value) {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 1.5, 2, 3, 5, 7.5, 10].find((step) => step * power >= value) ?? 10)
}

function number(value) {
  return value >= 10_000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)))
}

function timeOf(seconds) {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
