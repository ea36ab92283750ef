import { configOf, problemsOf } from './reading.js'

test('names this shard and where all of them are, listed or by a pattern', () => {
  expect(configOf({ QUANT_SHARD: '1/2', QUANT_SHARD_PEERS: 'http://a:1, https://b:2/' }).shards).toEqual({
    shard: { index: 1, count: 2 },
    peers: ['http://a:1', 'https://b:2'],
  })
  expect(configOf({ QUANT_SHARD: '0/3', QUANT_SHARD_PEERS: 'http://quant-{shard}.quant:9464' }).shards.peers).toEqual([
    'http://quant-0.quant:9464',
    'http://quant-1.quant:9464',
    'http://quant-2.quant:9464',
  ])
})

test.each(['3/3', '-1/3', '0/0', '1', '0/65', 'a/b', '1/2/3'])('refuses the shard %j', (text) => {
  expect(problemsOf({ QUANT_SHARD: text })).toEqual([expect.stringMatching(/^QUANT_SHARD .*i\/n/)])
})

test.each([
  ['http://a:1', '0/2', /lists 1 URLs, and QUANT_SHARD says that there are 2 shards/],
  ['a:1,b:2', '0/2', /no base URL/],
  ['http://user:secret@a:1,http://b:2', '0/2', /no base URL \(it is not shown\)/],
  ['http://a:1/path,http://b:2', '0/2', /no base URL/],
])('refuses the peers %j of shard %s', (peers, shard, why) => {
  expect(problemsOf({ QUANT_SHARD: shard, QUANT_SHARD_PEERS: peers })).toEqual([expect.stringMatching(why)])
})
