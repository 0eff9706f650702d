import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of all buffers in use, once the others have been collected. */
export function bytesOfBuffers(): number {
  collect()
  return process.memoryUsage().arrayBuffers
}
