import { type Reading, type Row, record, text, type Watch } from './table.js'

/** A new review says something about the decision it reviews. */
export const REVIEWS_WATCH: Watch = {
  name: 'llm_decision_reviews',
  rowIds: (ids) => `SELECT trade_decision_id FROM llm_decision_reviews WHERE id = ANY(${ids})`,
}

/** The newest review of the decision `t`, by the index on the decision's id, and the versions of all. */
export const NEWEST_REVIEW = `LEFT JOIN LATERAL (
    SELECT (array_agg(json_build_object('at', v.created_at, 'confidence', v.confidence::text, 'context', v.input_json->'market_context')
      ORDER BY v.created_at DESC, v.id DESC))[1] AS review, json_agg(json_build_array(v.id, v.xmin::text)) AS versions
    FROM llm_decision_reviews v WHERE v.trade_decision_id = t.id
  ) r ON true`

/**
 * The fields of a decision that its newest review gives: the only place of confidence and of the context's freshness.
 *
 * A number that is none is left out and counted; the decision itself is as good as it was.
 */
export function reviewFields(
  id: string,
  review: unknown,
): { readonly fields: Row; readonly rejections: Reading['rejections'] } {
  const row = record(review)
  if (row === undefined) return { fields: {}, rejections: [] }
  const context = record(row.context)
  const given = {
    confidence: text(row.confidence),
    context_freshness_seconds: text(context?.freshness_seconds),
    context_quality: text(context?.quality_score),
  }
  const entries = Object.entries(given)
  const bad = entries.filter(([name, value]) => value !== undefined && !isUsable(name, value))
  return {
    fields: { ...Object.fromEntries(entries.filter((entry) => !bad.includes(entry))), reviewed_at: row.at },
    rejections: bad.map(([name, value]) => ({
      kind: 'decision',
      id,
      reason: 'malformed',
      detail: `its newest review: ${name} is ${String(value).slice(0, 40)}`,
    })),
  }
}

function isUsable(name: string, value: string): boolean {
  const number = Number(value)
  return Number.isFinite(number) && (name !== 'context_freshness_seconds' || number >= 0)
}
