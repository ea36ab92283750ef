/**
 * The palette of Okabe and Ito: told apart with every common kind of colour blindness. What a colour says is always
 * written as well. Good is blue, not green: beside vermilion it is the safest pair.
 */
export const COLOURS = {
  good: '#0072B2',
  attention: '#E69F00',
  bad: '#D55E00',
  /** Nothing is known, or no longer: never the colour of a good value. */
  unknown: '#7F7F7F',
  /** Neither good nor bad. */
  plain: '#56B4E9',
  closed: '#CC79A7',
} as const
