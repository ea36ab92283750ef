// What has no room left, by the steady time's median shares.
const FULL_PERCENT = 90

/** One sentence; undefined where nothing was measured. */
export function bottleneckOf(measures) {
  const share = (name) => measures.find((measure) => measure.name === name)?.p50
  const of = (name) => `${Math.round(share(name) ?? 0)} %`
  const thread = share('exporter thread')
  if (thread === undefined || share('machine') === undefined) return undefined
  const used = `its thread uses ${of('exporter thread')} of a core, ${of('ticks')} in ticks; collecting garbage takes ${of('garbage collection')}`
  if (thread >= FULL_PERCENT) return `the exporter's one thread: ${used}`
  if (share('machine') >= FULL_PERCENT)
    return `the machine: ${of('machine')} of its processors; of the exporter, ${used}`
  if (share('simulator') >= FULL_PERCENT)
    return `what writes the load: the simulator's thread uses ${of('simulator')} of a core; of the exporter, ${used}`
  return `none: ${of('machine')} of the machine's processors are in use; of the exporter, ${used}`
}
