import fc from 'fast-check'
import { EventStreamParser, type StreamMessage } from '../../../src/client/event-stream.js'

/** What a stream says when it arrives in these pieces. */
function parse(...pieces: readonly string[]) {
  const messages: StreamMessage[] = []
  const comments: string[] = []
  const retries: number[] = []
  const parser = new EventStreamParser({
    onMessage: (message) => messages.push(message),
    onComment: (text) => comments.push(text),
    onRetry: (retryMs) => retries.push(retryMs),
  })
  for (const piece of pieces) parser.push(piece)
  return { messages, comments, retries }
}

describe('a stream of server-sent events', () => {
  test('is taken apart into events with name, data and id, comments and waits', () => {
    expect(parse('retry: 2000\n\n: warming_up\n\nid: e.f.7\nevent: quant.x\ndata: {"a":1}\n\n')).toEqual({
      messages: [{ event: 'quant.x', data: '{"a":1}', lastEventId: 'e.f.7' }],
      comments: ['warming_up'],
      retries: [2000],
    })
  })

  test('keeps an id until another comes; an empty one takes it back', () => {
    const { messages } = parse('id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: 2\0\ndata: d\n\n')
    expect(messages.map(({ lastEventId }) => lastEventId)).toEqual(['1', '1', '', ''])
  })

  test('joins several lines of data, takes one blank after a colon, and knows lines without one', () => {
    const { messages } = parse('data: a\ndata:  b\ndata\nevent\n\n')
    expect(messages).toEqual([{ event: 'message', data: 'a\n b\n', lastEventId: '' }])
  })

  test('gives nothing for an event without data, nor for one that is cut off', () => {
    expect(parse('event: x\n\ndata: whole\n\ndata: half\n').messages.map(({ data }) => data)).toEqual(['whole'])
  })

  test('means the same in whatever pieces and with whichever line ends it arrives', () => {
    const text = '\uFEFFretry: 5\nid: 1\nevent: e\ndata: one\n\n:c\n\nid\ndata: two\ndata: three\n\nnonsense: 1\n\n'
    const whole = parse(text)
    expect(whole.messages).toHaveLength(2)
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r', '\r\n'),
        fc.array(fc.integer({ min: 0, max: text.length * 2 }), { maxLength: 12 }),
        (lineEnd, cuts) => {
          const sent = text.replaceAll('\n', lineEnd)
          const at = [0, ...cuts.map((cut) => Math.min(cut, sent.length)).sort((a, b) => a - b), sent.length]
          expect(parse(...at.slice(1).map((end, index) => sent.slice(at[index], end)))).toEqual(whole)
        },
      ),
    )
  })
})
