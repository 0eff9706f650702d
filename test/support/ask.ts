import { connect } from 'node:net'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { skipResponseTags, writeRequestHeader } from '../../src/protocol/header.ts'
import type { Api, Encodable, Fields } from '../../src/protocol/schema.ts'

/** Sends one request over a connection of its own; gives the body of the answer. */
export function ask<Request extends Fields>(
  port: number,
  api: Api<Request, Fields>,
  version: number,
  body: Encodable<Request>,
): Promise<Buffer> {
  const writer = new Writer()
  writer.int32(0)
  writeRequestHeader(writer, api as unknown as Api, version, 1, 'test')
  codec(api.request, version).encode(writer, body)
  const frame = writer.takeBytes()
  frame.writeInt32BE(frame.length - 4)
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let received = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`${api.name}: the broker closed the connection`)))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      const reader = new Reader(received, 8, received.length)
      skipResponseTags(reader, api as unknown as Api, version)
      resolve(received.subarray(reader.offset))
      socket.destroy()
    })
    socket.write(frame)
  })
}
