import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

const SINK = resolve(import.meta.dirname, '../../test/bench/sink.js')
const FRAME_BYTES = 1_000_000

/** CPU seconds of a bare Node process that reads, checks and stores so many bytes: a broker in Node takes more. */
export async function floorCpu(bytes: number): Promise<number> {
  const sink = spawn(process.execPath, [SINK], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: sink.stdout })[Symbol.asyncIterator]()
  const nextNumber = async () => Number((await lines.next()).value)
  const socket = connect({ host: '127.0.0.1', port: await nextNumber() })
  const frame = Buffer.alloc(4 + FRAME_BYTES, 'abcdefghijklmnopqrstuvwxyz0123456789')
  frame.writeInt32BE(FRAME_BYTES)
  for (let sent = 0; sent < bytes; sent += FRAME_BYTES) {
    if (!socket.write(frame)) await once(socket, 'drain')
  }
  socket.end()
  return nextNumber()
}
