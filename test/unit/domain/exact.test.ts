import fc from 'fast-check'
import {
  absolute,
  divideHalfEven,
  formatScaled,
  parseScaled,
  ratio,
  roundForOutput,
  toNumber,
} from '../../../src/domain/exact.js'

const anyInteger = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })
const anyDivisor = anyInteger.filter((value) => value !== 0n)
const anyDigits = fc.integer({ min: 0, max: 20 })

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** The exact value of a finite double, as a fraction whose denominator is a power of two. */
function exactly(value: number): { numerator: bigint; denominator: bigint } {
  let denominator = 1n
  let scaled = value
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    denominator *= 2n
  }
  return { numerator: BigInt(scaled), denominator }
}

/** The doubles just below and just above a positive one. */
function neighbours(value: number): [number, number] {
  const view = new DataView(new ArrayBuffer(8))
  const shifted = (by: bigint) => {
    view.setFloat64(0, value)
    view.setBigUint64(0, view.getBigUint64(0) + by)
    return view.getFloat64(0)
  }
  return [shifted(-1n), shifted(1n)]
}

function isEven(value: number): boolean {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0) % 2n === 0n
}

describe('parseScaled', () => {
  test.each([
    ['1', 9, 1_000_000_000n],
    ['-0.25', 8, -25_000_000n],
    ['+.5', 2, 50n],
    ['5.', 2, 500n],
    [' 12.5 ', 1, 125n],
    ['1e3', 2, 100_000n],
    ['1.5E-2', 4, 150n],
    ['-0', 9, 0n],
    ['0.000000001', 9, 1n],
    [0.1, 17, 10_000_000_000_000_000n],
    [1e21, 0, 10n ** 21n],
    [5e-7, 8, 50n],
    [-0, 9, 0n],
    ['123456789012345678901234567890.12345678', 8, 12345678901234567890123456789012345678n],
  ])('reads %p with %i digits as %p', (text, digits, expected) => {
    expect(parseScaled(text, digits)).toBe(expected)
  })

  test.each([
    ['0.125', 2, 12n],
    ['0.135', 2, 14n],
    ['-0.125', 2, -12n],
    ['0.1250000000001', 2, 13n],
    ['0.0000000005', 9, 0n],
    ['0.0000000015', 9, 2n],
  ])('rounds %p to %i digits half to even: %p', (text, digits, expected) => {
    expect(parseScaled(text, digits)).toBe(expected)
  })

  test.each([
    '',
    ' ',
    '.',
    '-',
    'e5',
    '1e',
    '1e1.5',
    '1e1000',
    '0x10',
    '1,000',
    '1_000',
    '12 34',
    'NaN',
    'Infinity',
    '--1',
    '$1',
  ])('does not take %p for a number', (text) => {
    expect(parseScaled(text, 9)).toBeUndefined()
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('does not take %p for one', (value) => {
    expect(parseScaled(value, 9)).toBeUndefined()
  })

  test('reads back whatever formatScaled writes, which is plain decimal text without trailing zeros', () => {
    fc.assert(
      fc.property(anyInteger, anyDigits, (value, digits) => {
        const text = formatScaled(value, digits)
        expect(parseScaled(text, digits)).toBe(value)
        expect(text).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
      }),
    )
  })

  test('means the same in every way of writing a number', () => {
    fc.assert(
      fc.property(anyInteger, anyDigits, fc.integer({ min: -5, max: 5 }), (value, digits, exponent) => {
        // The same digits, the point moved by an exponent that moves it back.
        const text = `${formatScaled(value, digits + exponent < 0 ? 0 : digits + exponent)}e${digits + exponent < 0 ? -digits : exponent}`
        expect(parseScaled(text, digits)).toBe(value)
      }),
    )
  })

  test('gives the digits of a double as it is printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (value) => {
        const scaled = parseScaled(value, 400)
        expect(scaled === undefined ? undefined : toNumber(scaled, 400)).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

test.each([
  [0n, 9, '0'],
  [1n, 9, '0.000000001'],
  [-1_500_000_000n, 9, '-1.5'],
  [100n, 0, '100'],
  [-5n, 1, '-0.5'],
])('formatScaled writes %p with %i digits as %p', (value, digits, expected) => {
  expect(formatScaled(value, digits)).toBe(expected)
})

describe('divideHalfEven', () => {
  test.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [7n, -2n, -4n],
    [-7n, -2n, 4n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [0n, -3n, 0n],
  ])('%p / %p is %p', (dividend, divisor, expected) => {
    expect(divideHalfEven(dividend, divisor)).toBe(expected)
  })

  test('is the integer nearest to the quotient, the even one of two equally near', () => {
    const any = fc.oneof(anyInteger, fc.bigInt({ min: -50n, max: 50n }))
    const divisors = fc.oneof(anyDivisor, fc.bigInt({ min: -9n, max: 9n })).filter((value) => value !== 0n)
    fc.assert(
      fc.property(any, divisors, (dividend, divisor) => {
        const quotient = divideHalfEven(dividend, divisor)
        const twiceError = 2n * magnitude(dividend - quotient * divisor)
        expect(twiceError <= magnitude(divisor)).toBe(true)
        if (twiceError === magnitude(divisor)) expect(quotient % 2n).toBe(0n)
      }),
    )
  })
})

describe('toNumber and ratio', () => {
  test.each([
    [3n, 1, 0.3],
    [-12_345n, 2, -123.45],
    [9_007_199_254_740_993n, 0, 9_007_199_254_740_992],
    [9_007_199_254_740_995n, 0, 9_007_199_254_740_996],
    [1n, 17, 1e-17],
  ])('%p with %i digits is the double %p', (value, digits, expected) => {
    expect(toNumber(value, digits)).toBe(expected)
  })

  test.each([
    [1n, 3n, 1 / 3],
    [-2n, 3n, -2 / 3],
    [2n, -3n, -2 / 3],
    [-1n, -10n, 0.1],
    [1n, 10n ** 30n, 1e-30],
    [123n, 10n ** 20n, 1.23e-18],
    [10n ** 60n, 1n, 1e60],
    [9_007_199_254_740_993n, 1n, 9_007_199_254_740_992],
    [9_007_199_254_740_993n * 10n ** 30n + 1n, 10n ** 30n, 9_007_199_254_740_994],
  ])('%p / %p is the double %p', (dividend, divisor, expected) => {
    expect(ratio(dividend, divisor)).toBe(expected)
  })

  test('nothing divided by anything is 0, never −0, and anything by nothing is not a number', () => {
    expect(ratio(0n, 7n)).toBe(0)
    expect(ratio(0n, -7n)).toBe(0)
    expect(toNumber(0n, 9)).toBe(0)
    expect(ratio(1n, 0n)).toBeNaN()
    expect(ratio(0n, 0n)).toBeNaN()
  })

  test('ratio is the double nearest to the exact one, the even one of two equally near, signed', () => {
    const anyFactor = fc.integer({ min: 0, max: 60 }).map((power) => 10n ** BigInt(power))
    fc.assert(
      fc.property(anyDivisor, anyDivisor, anyFactor, (a, b, factor) => {
        const result = ratio(a, b * factor)
        const [dividend, divisor] = [magnitude(a), magnitude(b * factor)]
        expect(Math.sign(result)).toBe(a < 0n === b < 0n ? 1 : -1)
        // Cross-multiplied distance of a double from the exact ratio, over a common denominator.
        const scale = 2n ** 1100n
        const distance = (value: number) => {
          const { numerator, denominator } = exactly(value)
          return magnitude(numerator * (scale / denominator) * divisor - dividend * scale)
        }
        const nearest = distance(Math.abs(result))
        for (const neighbour of neighbours(Math.abs(result))) {
          expect(nearest <= distance(neighbour)).toBe(true)
          if (nearest === distance(neighbour)) expect(isEven(Math.abs(result))).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('scaling both terms changes no ratio', () => {
    fc.assert(
      fc.property(anyInteger, anyDivisor, anyDivisor, (dividend, divisor, factor) => {
        expect(ratio(dividend * factor, divisor * factor)).toBe(ratio(dividend, divisor))
      }),
    )
  })
})

describe('roundForOutput', () => {
  test.each([
    [0.125, 2, 0.13],
    [-0.125, 2, -0.13],
    [2.5, 0, 3],
    [-2.5, 0, -3],
    // Binary doubles a little below and a little above the tie that their decimals suggest.
    [1.005, 2, 1],
    [1.015, 2, 1.01],
    [1.045, 2, 1.04],
    [8.345, 2, 8.35],
    [0.0000005, 6, 0],
    [1e22, 2, 1e22],
  ])('%p with %i decimals is %p', (value, decimals, expected) => {
    expect(roundForOutput(value, decimals)).toBe(expected)
  })

  test.each([-0, -0.001, -1e-300])('%p prints 0, not −0', (value) => {
    expect(Object.is(roundForOutput(value, 2), 0)).toBe(true)
  })

  test('rounds the exact value of the double, half away from zero', () => {
    const quarters = fc.integer({ min: -4_000, max: 4_000 }).map((eighths) => eighths / 8)
    const values = fc.oneof(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), quarters)
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 6 }), (value, decimals) => {
        const { numerator, denominator } = exactly(Math.abs(value))
        // ⌊x·10^d + 1/2⌋ on integers.
        const units = (2n * numerator * 10n ** BigInt(decimals) + denominator) / (2n * denominator)
        const expected = toNumber(value < 0 ? -units : units, decimals)
        expect(roundForOutput(value, decimals)).toBe(expected)
      }),
    )
  })
})

test('absolute drops the sign', () => {
  expect([absolute(-3n), absolute(0n), absolute(3n)]).toEqual([3n, 0n, 3n])
})
