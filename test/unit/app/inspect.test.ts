import { seriesPer } from '../../../src/app/inspect.js'
import { ACCOUNT_DICTIONARY } from '../../../src/compute/account-dictionary.js'
import { WINDOWS } from '../../../src/domain/window.js'

test('an account has its two levels and its two metrics of every window beside what its books have', () => {
  const { book, account } = seriesPer()
  expect(ACCOUNT_DICTIONARY.filter(({ windows }) => windows === 'level')).toHaveLength(2)
  expect(account).toBe(2 + 2 * WINDOWS.length)
  expect(book).toBeGreaterThan(account)
})
