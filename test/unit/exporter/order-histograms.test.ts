import { OrderHistograms } from '../../../src/exporter/order-histograms.js'

const ORDER = {
  strategyId: 's-1',
  account: 'live',
  adapter: 'lean',
  slippageBps: 1.5,
  shortfallBps: -3,
  decisionToSubmitSeconds: 0.03,
  submitToFillSeconds: undefined,
}

test('an order is one observation of each distribution that it has a value for', async () => {
  const histograms = new OrderHistograms()
  histograms.observe(ORDER)
  histograms.observe({ ...ORDER, adapter: undefined, slippageBps: 70 })
  const lines = (await histograms.render()).split('\n')
  const of = (adapter: string) => `strategy_id="s-1",account="live",adapter="${adapter}"`
  expect(lines.filter((line) => line.includes('_count'))).toEqual([
    `quant_fill_slippage_bps_count{${of('lean')}} 1`,
    `quant_fill_slippage_bps_count{${of('unknown')}} 1`,
    `quant_order_shortfall_bps_count{${of('lean')}} 1`,
    `quant_order_shortfall_bps_count{${of('unknown')}} 1`,
    `quant_decision_to_submit_seconds_count{${of('lean')}} 1`,
    `quant_decision_to_submit_seconds_count{${of('unknown')}} 1`,
  ])
  expect(lines).toContain(`quant_fill_slippage_bps_bucket{le="2",${of('lean')}} 1`)
  expect(lines).toContain(`quant_fill_slippage_bps_bucket{le="1",${of('lean')}} 0`)
  expect(lines).toContain(`quant_order_shortfall_bps_bucket{le="0",${of('lean')}} 1`)
  expect(lines).toContain('# TYPE quant_submit_to_fill_seconds histogram')
})
