import { easterSunday, formatDay, lastWeekday, nthWeekday, parseDay, weekdayOf } from '../../../src/domain/civil-day.js'

describe('civil days', () => {
  test.each([
    ['1969-12-28', 0],
    ['1970-01-01', 4],
    ['2026-07-18', 6],
    ['2028-02-29', 2],
  ])('%s is weekday %i', (date, weekday) => {
    expect(weekdayOf(parseDay(date) ?? Number.NaN)).toBe(weekday)
  })

  // Years in which a shortened rule goes wrong: the earliest and latest dates, the exceptions of Gauss's rule, a far century.
  test.each([
    '1818-03-22',
    '1943-04-25',
    '1954-04-18',
    '1961-04-02',
    '1981-04-19',
    '2000-04-23',
    '2008-03-23',
    '2038-04-25',
    '2400-04-16',
  ])('Easter is on %s', (date) => {
    expect(formatDay(easterSunday(Number(date.slice(0, 4))))).toBe(date)
  })

  test('finds the nth and the last weekday of a month, also when the month begins on it and at the end of a year', () => {
    expect(formatDay(nthWeekday(2026, 6, 1, 1))).toBe('2026-06-01')
    expect(formatDay(nthWeekday(2026, 11, 4, 4))).toBe('2026-11-26')
    expect(formatDay(lastWeekday(2027, 5, 1))).toBe('2027-05-31')
    expect(formatDay(lastWeekday(2026, 12, 4))).toBe('2026-12-31')
  })

  test.each(['2026-2-1', '2026-02-30', '2026-13-01', '20260201', '2026-02-01T00:00', ''])('%p is no date', (text) => {
    expect(parseDay(text)).toBeUndefined()
  })

  test('reads back what it writes', () => {
    for (const date of ['2024-02-29', '2026-01-01', '2026-12-31']) expect(formatDay(parseDay(date) ?? 0)).toBe(date)
  })
})
