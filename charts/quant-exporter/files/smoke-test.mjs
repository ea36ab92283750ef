// Whether what was installed is what was asked for. Waits for the history to be read.
const { METRICS_URL, API_URL, EXPECT_ENABLED, EXPECT_API } = process.env
const QUANT = `${API_URL}/api/torghut/trading/control-plane/quant`
const ask = async (url) => {
  const response = await fetch(url)
  return { status: response.status, text: await response.text() }
}
const expect = (what, holds, found) => {
  if (!holds) throw new Error(`${what}, but: ${found}`)
  console.log(`ok: ${what}`)
}

for (;;) {
  const { status } = await ask(`${METRICS_URL}/readyz`).catch((error) => ({ status: String(error.cause ?? error) }))
  console.log(`/readyz: ${status}`)
  if (status === 200) break
  await new Promise((resolve) => setTimeout(resolve, 2_000))
}

const { status, text } = await ask(`${METRICS_URL}/metrics`)
if (status === 401) console.log('/metrics asks for a token, and is not looked at')
else {
  const switches = text.match(/^quant_exporter_enabled\{.*$/gm) ?? []
  const isRight = switches.length > 0 && switches.every((line) => line.endsWith(EXPECT_ENABLED === 'true' ? ' 1' : ' 0'))
  expect(`the main switch is ${EXPECT_ENABLED === 'true' ? 'on' : 'off'}`, isRight, switches)
}
const api = await ask(`${QUANT}/strategies`)
const isOn = EXPECT_ENABLED === 'true' && EXPECT_API === 'true'
// Who has tokens asks for one before anything else.
const allowed = [isOn ? 200 : 503, ...(EXPECT_API === 'true' ? [401] : [])]
expect(`the API is ${isOn ? 'on' : 'off'}`, allowed.includes(api.status), api.status)
