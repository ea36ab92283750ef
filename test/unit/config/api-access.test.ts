import { configOf, problemsOf } from './reading.js'

const ONE = 'a1b2c3d4e5f6g7h8'
const TWO = 'Zz-._~+/0123456789=='
const BEYOND = { QUANT_LISTEN: '0.0.0.0:9464' }

describe('access to the API', () => {
  test('needs nothing unless it is asked for', () => {
    expect(configOf({}).access).toEqual({
      tokens: [],
      metricsToken: undefined,
      origins: [],
      trustedProxies: 0,
      requestsPerSecond: 50,
    })
  })

  test('is by tokens from a variable or a file', () => {
    expect(configOf({ QUANT_API_TOKENS: `${ONE}, ${TWO}` }).access.tokens).toEqual([ONE, TWO])
    const files = { '/tokens': `# dashboards\n${ONE}\n\n${TWO}\r\n` }
    expect(configOf({ QUANT_API_TOKENS_FILE: '/tokens' }, { files }).access.tokens).toEqual([ONE, TWO])
    expect(configOf({ QUANT_METRICS_TOKEN: ONE }).access.metricsToken).toBe(ONE)
    const single = { '/token': `${TWO}\n` }
    expect(configOf({ QUANT_METRICS_TOKEN_FILE: '/token' }, { files: single }).access.metricsToken).toBe(TWO)
  })

  test('beyond loopback needs tokens or a word that it needs none', () => {
    expect(problemsOf(BEYOND)).toHaveLength(1)
    expect(problemsOf({ ...BEYOND, QUANT_API_TOKENS: ONE })).toEqual([])
    expect(problemsOf({ ...BEYOND, QUANT_API_TOKENS_FILE: '/t' }, { files: { '/t': ONE } })).toEqual([])
    expect(problemsOf({ ...BEYOND, QUANT_API_ANONYMOUS: 'true' })).toEqual([])
    // It opens /metrics alone.
    expect(problemsOf({ ...BEYOND, QUANT_METRICS_TOKEN: ONE })).toHaveLength(1)
  })

  test('is refused with tokens that are none, which no message repeats', () => {
    const said = [
      ...problemsOf({ ...BEYOND, QUANT_API_TOKENS: `${ONE},short` }),
      ...problemsOf({ ...BEYOND, QUANT_API_TOKENS_FILE: '/t' }, { files: { '/t': `${ONE}\nwith blank inside it` } }),
      ...problemsOf({ QUANT_METRICS_TOKEN: 'two words of sixteen' }),
    ]
    expect(said).toEqual([
      expect.stringContaining('QUANT_API_TOKENS is malformed (its value is not shown); it must be tokens with commas'),
      expect.stringContaining('QUANT_API_TOKENS_FILE names a file whose line 2 is no token (it is not shown)'),
      expect.stringContaining('QUANT_METRICS_TOKEN is malformed (its value is not shown); it must be a token'),
    ])
    for (const secret of [ONE, 'short', 'with blank', 'two words']) expect(said.join()).not.toContain(secret)
  })

  test('is refused with files that are missing, empty, or beside a variable', () => {
    expect(problemsOf({ ...BEYOND, QUANT_API_TOKENS_FILE: '/nowhere' })).toEqual([
      'QUANT_API_TOKENS_FILE names a file that cannot be read: there is no such file',
    ])
    expect(problemsOf({ ...BEYOND, QUANT_API_TOKENS_FILE: '/t' }, { files: { '/t': '\n# none\n' } })).toEqual([
      'QUANT_API_TOKENS_FILE names a file that holds no token',
    ])
    const files = { '/t': `${ONE}\n${TWO}` }
    expect(problemsOf({ QUANT_API_TOKENS: ONE, QUANT_API_TOKENS_FILE: '/t' }, { files })).toEqual([
      'QUANT_API_TOKENS and QUANT_API_TOKENS_FILE are both set; keep one',
    ])
    expect(problemsOf({ QUANT_METRICS_TOKEN_FILE: '/t' }, { files })).toEqual([
      'QUANT_METRICS_TOKEN_FILE names a file of several tokens; keep one',
    ])
  })

  test('is allowed to pages of origins as browsers write them', () => {
    const origins = 'https://grafana.example, http://localhost:3000'
    expect(configOf({ QUANT_API_ORIGINS: origins }).access.origins).toEqual(origins.split(', '))
    for (const wrong of [
      '*',
      'null',
      'grafana.example',
      'https://x/',
      'https://x:443',
      'https://X',
      'ftp://x',
      'https://*.x',
    ])
      expect(problemsOf({ QUANT_API_ORIGINS: wrong })).toEqual([expect.stringContaining('QUANT_API_ORIGINS is ')])
  })
})
