/** What the wall clock is set by: what people and time servers do to it. */
export const CLOCK_JUMPS = [
  ['back an hour', -3_600_000],
  ['forward a day', 86_400_000],
] as const
