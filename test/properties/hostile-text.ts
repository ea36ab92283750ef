import fc from 'fast-check'

/** What somebody might send who wishes us ill, or a program that has gone wrong. */

/** Names that mean something to the runtime, to SQL, to HTTP, to a terminal. */
const WORDS = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '-0', '1e999'],
  ...["'; DROP TABLE executions; --", '" OR 1=1', '$1', '$(x)', '{{x}}', '%00', '%', '%zz', '../../etc/passwd', '\\'],
  ...['a\r\nX-Evil: 1', '\n\nevent: x', '\u0000', '\u001b[2J', '\u2028', '\ud800', '\ufeff', '9'.repeat(400), ''],
]

export const hostileText = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 6 }).map((words) => words.join('')),
)

/** Objects whose names are hostile too, as JSON.parse makes them: `__proto__` is a name like any other there. */
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(hostileText, fc.double(), fc.bigInt().map(Number), fc.constantFrom(null, true, false, 0, -1, 1e308)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .array(fc.tuple(hostileText, tie('value')), { maxLength: 5 })
      .map((pairs) =>
        JSON.parse(`{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`),
      ),
  ),
}))

/** Some levels, or so many that whoever calls itself at each level has no stack left. */
const depth = fc.constantFrom(3, 40, 1_000, 12_000)

/** The text of a value that is nested without end: it can be read, and often not written. */
export const deepJson = fc
  .tuple(depth, fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"a":[', ']}]'], ['{"__proto__":', '}']))
  .map(([levels, [open = '', close = '']]) => `${open.repeat(levels)}1${close.repeat(levels)}`)

export const hostileJson = fc.oneof(
  { weight: 6, arbitrary: anyValue.map((value) => JSON.stringify(value) ?? 'null') },
  { weight: 1, arbitrary: deepJson },
)

/** A right text with some of it taken out and something hostile in its place, once or twice. */
export function damaged(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const cut = fc.record({
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 0, max: 30 }),
    put: fc.oneof({ weight: 6, arbitrary: hostileText }, { weight: 1, arbitrary: deepJson }),
  })
  return fc.tuple(text, fc.array(cut, { minLength: 1, maxLength: 2 })).map(([right, cuts]) =>
    cuts.reduce((whole, { from, length, put }) => {
      const at = Math.floor(from * whole.length)
      return whole.slice(0, at) + put + whole.slice(at + length)
    }, right),
  )
}

/** Nothing that was read may have changed what all objects have. */
export function expectCleanPrototypes(): void {
  expect(Reflect.ownKeys(Object.prototype).length).toBe(PROTOTYPE_KEYS)
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  expect(Reflect.ownKeys(Array.prototype).length).toBe(ARRAY_KEYS)
}

const PROTOTYPE_KEYS = Reflect.ownKeys(Object.prototype).length
const ARRAY_KEYS = Reflect.ownKeys(Array.prototype).length
