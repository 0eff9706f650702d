// What a broker cannot do without: reads frames from one connection, computes a CRC-32C of each and writes it to a file.
// The kernel writes the bytes of a frame to the buffer of the frame. Prints its port, and the CPU seconds when the
// connection has ended.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'

const LENGTH_BYTES = 4
const folder = mkdtempSync(join(tmpdir(), 'ktool-sink-'))
const file = openSync(join(folder, 'frames'), 'w')
const frame = Buffer.allocUnsafeSlow(2 * 1024 * 1024)
let filled = 0
let position = 0

const missing = () => (filled < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + frame.readInt32BE(0)) - filled

function received(count) {
  filled += count
  if (missing() > 0) return
  const body = frame.subarray(LENGTH_BYTES, filled)
  crc32c(body)
  position += writeSync(file, body, 0, body.length, position)
  filled = 0
}

const server = createServer({ pauseOnConnect: true }, (accepted) => {
  server.close()
  const before = process.cpuUsage()
  const { _handle: handle } = accepted
  accepted._handle = null
  const socket = new Socket({
    handle,
    onread: { buffer: () => frame.subarray(filled, filled + missing()), callback: received },
  })
  socket.resume()
  socket.on('close', () => {
    const { user, system } = process.cpuUsage(before)
    console.log((user + system) / 1e6)
    closeSync(file)
    rmSync(folder, { recursive: true })
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
