/** A number with what it counts: `1 partition`, `3 partitions`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
