import type { Row } from './finish.js'
import { chart, states } from './panels.js'
import { ageOf, own, quantileOf, rateOf } from './queries.js'
import { UP_OR_DOWN } from './states.js'

/** Where facts come from. */
export function sources(): Row {
  return {
    title: 'Sources',
    height: 8,
    panels: [
      [
        6,
        states(
          {
            title: 'Answers',
            description:
              'Whether each source answered its last read, over time. When DOWN: the errors beside say why; see docs/outages.md.',
          },
          UP_OR_DOWN,
          { expr: `min by (source) (max by (source, shard) (${own('quant_source_up')}))`, legend: '{{source}}' },
        ),
      ],
      [
        6,
        chart(
          {
            title: 'Read duration, p95',
            description:
              'How long reads of a source take, by kind of read. A rise: the database is busy or a statement has lost its index.',
          },
          's',
          {
            expr: quantileOf(0.95, own('quant_source_query_duration_seconds_bucket'), 'source', 'query'),
            legend: '{{source}} {{query}}',
          },
        ),
      ],
      [
        6,
        chart(
          {
            title: 'Since the last answer',
            description: 'Age of the last read that succeeded, by the clock of the data. Grows while a source is down.',
          },
          's',
          {
            expr: `max by (source) (${ageOf(own('quant_source_last_success_timestamp_seconds'))})`,
            legend: '{{source}}',
          },
        ),
      ],
      [
        6,
        chart(
          {
            title: 'Failed reads',
            description:
              'Reads a second that failed, by kind. unreachable: network or database; authentication and tls: credentials; schema: the tables have changed; timeout: too slow.',
          },
          'ops',
          {
            expr: `sum by (source, kind) (${rateOf(own('quant_source_errors_total'))}) > 0 or sum by (source) (${rateOf(own('quant_source_errors_total'))})`,
            legend: '{{source}} {{kind}}',
          },
        ),
      ],
    ],
  }
}

/** What of the facts was not as it should be. */
export function facts(): Row {
  return {
    title: 'Facts',
    height: 8,
    panels: [
      [
        8,
        chart(
          {
            title: 'Facts that could not be used',
            description:
              'Rows a second that were rejected, by reason: malformed, without an account, of an unknown kind. The log names one of each a minute with what is wrong. Anything that lasts: numbers lack those rows; see docs/sources.md.',
          },
          'ops',
          {
            // Before the first one there is no series, and a chart without data would look like a failure.
            expr: `max by (source, reason) (sum by (source, reason, shard) (${rateOf(own('quant_facts_rejected_total'))})) or label_replace(sum(0 * ${own('quant_exporter_enabled')}), "reason", "none", "", "")`,
            legend: '{{source}} {{reason}}',
          },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Rows made good later',
            description:
              'Rows a second that polls had missed and the reconciliation found: late commits, changes that nothing dates, deletions. A few are ordinary. Many: the database commits later than the overlap of polls (QUANT_POLL_OVERLAP_SECONDS).',
          },
          'ops',
          {
            expr: `sum by (table, kind) (${rateOf(own('quant_reconciled_rows_total'))}) > 0 or sum by (kind) (${rateOf(own('quant_reconciled_rows_total'))})`,
            legend: '{{table}} {{kind}}',
          },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Clock offset of the sources',
            description:
              'How far the clock of each source is ahead of the exporter’s. Beyond 2 s either way the alert QuantClockSkew tells: ages and windows are off by as much. Mend the clock (NTP) of whichever host is wrong.',
          },
          's',
          { expr: `max by (source) (${own('quant_source_clock_offset_seconds')})`, legend: '{{source}}' },
        ),
      ],
    ],
  }
}

/** Where values go, and what the processes need. */
export function outlets(): Row {
  return {
    title: 'Stores, stream, process',
    height: 8,
    panels: [
      [
        8,
        chart(
          {
            title: 'Rows waiting for a store',
            description:
              'Rows that wait to be written, by store. Rises while a store is away, and falls when it is back; alert QuantStoreFailing. Values and alerts do not depend on it.',
          },
          'short',
          { expr: `max by (store) (${own('quant_store_queue_rows')})`, legend: '{{store}}' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Stream clients',
            description:
              'Clients of the stream over all processes, and those that were sent a snapshot because they did not keep up.',
          },
          'short',
          { expr: `sum(${own('quant_stream_clients')})`, legend: 'clients' },
          { expr: `sum(${rateOf(own('quant_stream_conflated_total'))})`, legend: 'conflated a second' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Frame → stream client',
            description:
              'From a frame made to its event handed to the network, by quantile; nothing while nobody listens. The aim is 1 s at p99: beyond it clients are slow, or one process serves too many.',
          },
          's',
          ...[0.5, 0.99].map((quantile) => ({
            expr: quantileOf(quantile, own('quant_stream_delivery_seconds_bucket')),
            legend: `p${quantile * 100}`,
          })),
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Values that a store did not take',
            description:
              'Rows a second that were dropped, by store and reason: the queue was full, or the store refused what is in them. The past has holes there; values and alerts do not depend on it. See docs/series.md.',
          },
          'ops',
          {
            expr: `sum by (store, reason) (${rateOf(own('quant_store_rows_dropped_total'))})`,
            legend: '{{store}} {{reason}}',
          },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'CPU',
            description:
              'Processor time a second of each process. Close to 1 the ticks are late: Node.js computes on one core.',
          },
          'percentunit',
          { expr: rateOf(own('process_cpu_seconds_total')), legend: '{{instance}}' },
        ),
      ],
      [
        8,
        chart(
          {
            title: 'Memory',
            description:
              'Resident memory of each process. It follows books and history and then stays: a steady rise over days is a leak, to be reported.',
          },
          'bytes',
          { expr: own('process_resident_memory_bytes'), legend: '{{instance}}' },
        ),
      ],
    ],
  }
}
