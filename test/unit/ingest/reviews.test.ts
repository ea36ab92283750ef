import { reviewFields } from '../../../src/ingest/postgres/reviews.js'

const reviewedAt = '2026-11-20T19:30:00+00:00'

test('a review gives confidence, freshness and quality of the context, and when it was written', () => {
  const context = { freshness_seconds: 42.5, quality_score: '0.8', as_of_utc: reviewedAt }
  expect(reviewFields('decision', { at: reviewedAt, confidence: '0.7300', context })).toEqual({
    fields: {
      confidence: '0.7300',
      context_freshness_seconds: '42.5',
      context_quality: '0.8',
      reviewed_at: reviewedAt,
    },
    rejections: [],
  })
})

test('without a review there are no fields, and without a context only what is left', () => {
  expect(reviewFields('decision', null)).toEqual({ fields: {}, rejections: [] })
  for (const context of [null, [], 'text', {}])
    expect(reviewFields('decision', { at: reviewedAt, confidence: null, context }).fields).toEqual({
      confidence: undefined,
      context_freshness_seconds: undefined,
      context_quality: undefined,
      reviewed_at: reviewedAt,
    })
})

test('a number that is none is left out and counted, and the rest of the review stands', () => {
  const context = { freshness_seconds: -1, quality_score: 'good' }
  const { fields, rejections } = reviewFields('decision', { at: reviewedAt, confidence: 'NaN', context })
  expect(fields).toEqual({ reviewed_at: reviewedAt })
  expect(rejections.map(({ id, kind, reason, detail }) => `${kind} ${id} ${reason} ${detail}`)).toEqual([
    'decision decision malformed its newest review: confidence is NaN',
    'decision decision malformed its newest review: context_freshness_seconds is -1',
    'decision decision malformed its newest review: context_quality is good',
  ])
})
