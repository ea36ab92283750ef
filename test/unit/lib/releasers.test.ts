import { Releasers } from '../../../src/lib/releasers.js'

describe('releasers', () => {
  test('release in reverse, once, and all of them when one fails', async () => {
    const order: string[] = []
    const failures: string[] = []
    const releasers = new Releasers((name, error) => failures.push(`${name}: ${String(error)}`))
    releasers.push('first', () => void order.push('first'))
    releasers.push('second', async () => {
      order.push('second')
      throw new Error('stuck')
    })
    releasers.push('third', () => void order.push('third'))
    await Promise.all([releasers.release(), releasers.release()])
    expect(order).toEqual(['third', 'second', 'first'])
    expect(failures).toEqual(['second: Error: stuck'])
  })
})
