import type { Fact, RetractableKind } from './facts.js'

/** The fields that make two facts revisions of one, in the order in which a retraction names them. */
export function identityFieldsOf(fact: Fact): readonly string[] {
  switch (fact.fact) {
    case 'strategy':
      return [fact.strategyId]
    case 'instrument':
      return [fact.symbol]
    case 'decision':
      return [fact.decisionId]
    case 'execution':
      return [fact.executionId]
    case 'fill':
      return [fact.executionId, fact.fillId]
    case 'position_snapshot':
      return [fact.account, String(fact.at)]
    case 'cash_flow':
      return [fact.account, fact.flowId]
    case 'opening_position':
      return [fact.strategyId, fact.account, fact.symbol]
    case 'bar':
      return [fact.symbol, String(fact.at)]
    case 'signal':
      return [fact.symbol, String(fact.at), fact.source]
    case 'feed_minutes':
      return [fact.feed, fact.symbol, String(fact.firstAt), String(fact.at)]
    case 'watermark':
      return [fact.source, String(fact.completeTo)]
    case 'retraction':
      return fact.identity
  }
}

/** One text for all revisions of a fact, and for what takes it back. */
export function identityOf(fact: Fact): string {
  return identityText(fact.fact === 'retraction' ? fact.of : fact.fact, identityFieldsOf(fact))
}

/** The same from its parts. */
export function identityText(kind: Fact['fact'] | RetractableKind, fields: readonly string[]): string {
  return `${kind} ${JSON.stringify(fields)}`
}
