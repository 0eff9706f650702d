import { randomBytes, randomInteger } from '../support/random.ts'

/** Changes a valid frame, whose first four bytes are its length, into one that may be anything. */
export type Mutation = (frame: Buffer, random: () => number) => Buffer

const HUGE = ['7fffffff', 'ffffffff', '80000000', 'ffffffff07', 'ffffffff0f', '7fff', 'fffe'].map((hex) =>
  Buffer.from(hex, 'hex'),
)

/** Where a change may be made: not in the length, unless that is what is changed. */
const somewhere = (frame: Buffer, random: () => number): number => randomInteger(random, 4, frame.length)

function withLength(frame: Buffer): Buffer {
  frame.writeInt32BE(frame.length - 4, 0)
  return frame
}

const flipBytes: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  for (let count = randomInteger(random, 1, 9); count > 0; count--) {
    changed[somewhere(frame, random)]! ^= 1 << randomInteger(random, 0, 8)
  }
  return changed
}

const overwrite: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  randomBytes(random, randomInteger(random, 1, 17)).copy(changed, somewhere(frame, random))
  return changed
}

const hugeLength: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  // Behind the header, where lengths and counts of the body stand.
  const from = Math.min(14, frame.length - 1)
  HUGE[randomInteger(random, 0, HUGE.length)]!.copy(changed, randomInteger(random, from, frame.length))
  return changed
}

const cut: Mutation = (frame, random) => withLength(Buffer.from(frame.subarray(0, somewhere(frame, random))))

const lengthen: Mutation = (frame, random) =>
  withLength(Buffer.concat([frame, randomBytes(random, randomInteger(random, 1, 300))]))

const insert: Mutation = (frame, random) => {
  const at = somewhere(frame, random)
  const extra = randomBytes(random, randomInteger(random, 1, 9))
  return withLength(Buffer.concat([frame.subarray(0, at), extra, frame.subarray(at)]))
}

/** The length lies: the frame ends earlier or later than it says, or is said to be enormous or negative. */
const lyingLength: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  const lies = [0, -1, -2147483648, 2147483647, frame.length, frame.length - 5, 104857600, 104857601]
  changed.writeInt32BE(lies[randomInteger(random, 0, lies.length)]!, 0)
  return changed
}

const otherVersion: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  changed.writeInt16BE(randomInteger(random, -2, 20), 6)
  return changed
}

const otherApi: Mutation = (frame, random) => {
  const changed = Buffer.from(frame)
  changed.writeInt16BE(randomInteger(random, -2, 100), 4)
  return changed
}

const unchanged: Mutation = (frame) => frame

export const MUTATIONS: readonly Mutation[] = [
  flipBytes,
  flipBytes,
  overwrite,
  hugeLength,
  hugeLength,
  cut,
  lengthen,
  insert,
  lyingLength,
  otherVersion,
  otherApi,
  unchanged,
]
