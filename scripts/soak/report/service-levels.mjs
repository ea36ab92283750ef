// What is measured, and what must hold of it (docs/reliability.md).

/** `level` and `aim` bound the 95th percentile of the steady time; a measure without a level is reported only. */
export const MEASURES = [
  { name: 'event to metrics', title: 'row committed → /metrics', unit: 'ms', level: 2_000, aim: 700 },
  { name: 'event to stream', title: 'row committed → client of the stream', unit: 'ms', level: 2_000, aim: 700 },
  { name: 'snapshot age', title: 'age of /snapshot', unit: 'ms', level: 5_000 },
  { name: 'frame to stream', title: 'T of a frame → client of the stream', unit: 'ms', level: 1_000 },
  { name: 'API answer', title: 'answer of the API', unit: 'ms' },
  { name: 'scrape time', title: 'scrape of /metrics', unit: 'ms' },
  { name: 'scrape size', title: 'size of /metrics', unit: 'KiB' },
  { name: 'event loop p99', title: 'delay of the event loop, p99 between scrapes', unit: 'ms' },
  { name: 'rss', title: 'resident memory', unit: 'MiB' },
  { name: 'heap', title: 'heap in use, what is to be collected included', unit: 'MiB' },
  { name: 'order revisions', title: 'revisions of orders written', unit: '/s' },
  { name: 'statements upstream', title: 'statements to Torghut’s database', unit: '/s' },
  { name: 'WAL of the store', title: 'WAL written by the store', unit: 'KiB/s' },
  { name: 'machine', title: 'processors of the machine in use', unit: '%' },
  { name: 'exporter thread', title: 'the exporter’s thread', unit: '% of a core' },
  { name: 'ticks', title: 'ticks', unit: '% of the time' },
  { name: 'garbage collection', title: 'collection of the exporter’s garbage', unit: '% of the time' },
  { name: 'simulator', title: 'the simulator’s thread', unit: '% of a core' },
]
