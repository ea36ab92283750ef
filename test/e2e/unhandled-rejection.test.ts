import { runCli } from '../support/process.js'

/** Rejects a promise that nobody holds, while the program serves. */
const PLANTED = 'data:text/javascript,setTimeout(()=>{Promise.reject(new Error("planted"))},1000)'

test('a rejection that nobody handles ends the program, loudly', async () => {
  const { code, err } = await runCli(['serve'], { QUANT_LISTEN: '127.0.0.1:0' }, ['--import', PLANTED])
  expect(code).toBe(1)
  expect(err).toContain('planted')
})
