// How long faults last: shorter in short runs, in full from half an hour on.

/** Runs of this length play all faults, shorter ones some. */
export const ALL_FROM_MINUTES = 8
const FULL_MINUTES = 30

/** The seconds of a fault in a run of so many minutes: from `shortest` to `full`. */
export function lengthBetween(shortest, full) {
  return (minutes) => {
    const share = Math.min(1, Math.max(0, (minutes - ALL_FROM_MINUTES) / (FULL_MINUTES - ALL_FROM_MINUTES)))
    return Math.round(shortest + share * (full - shortest))
  }
}

/** Of a fault that is an instant. */
export const AT_ONCE = () => 0
