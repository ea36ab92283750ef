import { TickTurn } from '../../../src/app/tick-turn.js'

/** A tick that ends when it is told to. */
function slowTick(turn: TickTurn, events: string[], name = 'tick') {
  let end: (error?: Error) => void = () => undefined
  const ended = turn.tick(
    () =>
      new Promise<string>((resolve, reject) => {
        events.push(`${name} begins`)
        end = (error) => (error === undefined ? resolve('frames') : reject(error))
      }),
  )
  return { ended, end: (error?: Error) => end(error) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the turn of a tick', () => {
  let turn: TickTurn
  let events: string[]
  const note = (event: string) => () => void events.push(event)

  beforeEach(() => {
    turn = new TickTurn()
    events = []
  })

  test('between ticks everybody has his way at once', async () => {
    turn.tell(note('told'))
    expect(events).toEqual(['told'])
    expect(await turn.between(() => 7)).toBe(7)
  })

  test('what is told amid one is taken in at its end, in the order of telling, before anybody is let in', async () => {
    const tick = slowTick(turn, events)
    const asked = turn.between(note('asked'))
    for (const name of ['first', 'second']) turn.tell(note(name))
    await settled()
    expect(events).toEqual(['tick begins'])
    tick.end()
    expect(await tick.ended).toBe('frames')
    await asked
    expect(events).toEqual(['tick begins', 'first', 'second', 'asked'])
  })

  test('of several that wait for the end of one, ticks come one after the other, and nobody is let in amid one', async () => {
    const first = slowTick(turn, events, 'first')
    const second = slowTick(turn, events, 'second')
    const third = slowTick(turn, events, 'third')
    const asked = turn.between(note('asked'))
    first.end()
    await first.ended
    await settled()
    expect(events).toEqual(['first begins', 'second begins'])
    turn.tell(note('told'))
    second.end()
    await second.ended
    await settled()
    expect(events).toEqual(['first begins', 'second begins', 'told', 'third begins'])
    third.end()
    await Promise.all([third.ended, asked])
    expect(events.at(-1)).toBe('asked')
  })

  test('one that fails takes in what was told all the same', async () => {
    const tick = slowTick(turn, events)
    turn.tell(note('told'))
    tick.end(new Error('no frames'))
    await expect(tick.ended).rejects.toThrow('no frames')
    expect(events).toEqual(['tick begins', 'told'])
    turn.tell(note('told again'))
    expect(events.at(-1)).toBe('told again')
  })

  test('what cannot be taken in is told to whoever made the tick, after all the rest', async () => {
    const tick = slowTick(turn, events)
    turn.tell(() => {
      throw new Error('a fact that breaks')
    })
    turn.tell(note('told'))
    tick.end()
    await expect(tick.ended).rejects.toThrow('a fact that breaks')
    expect(events).toEqual(['tick begins', 'told'])
  })
})
