import { startCli } from '../support/process.js'
import { until } from '../support/until.js'

test('a SIGHUP does not end a program that serves: it is asked to read its configuration again', async () => {
  const { child, err, finished } = startCli(['serve'], { QUANT_LISTEN: '127.0.0.1:0' })
  try {
    await until(() => err().includes('listening'))
    child.kill('SIGHUP')
    await until(() => err().includes('nothing to read again'))
  } finally {
    child.kill('SIGTERM')
  }
  expect((await finished).code).toBe(0)
})
