import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { AnswerMemory } from '../../src/broker/answer-memory.ts'
import { Connection } from '../../src/broker/connection.ts'
import type { Answer } from '../../src/broker/dispatch.ts'
import { FrameMemory } from '../../src/broker/frame-memory.ts'
import { type Input, type Receiver, socketInput, streamInput } from '../../src/broker/input.ts'
import { crc32c } from '../../src/bytes/crc32c.ts'
import { CountingBuffers } from '../support/counting-buffers.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { randomBytes, randomInteger, seededRandom } from '../support/random.ts'
import { WireClient } from '../support/wire-client.ts'

/** Accepts connections on the loopback interface; gives the function that opens one. */
async function listen(accept: (socket: Socket) => void): Promise<() => Socket> {
  const server = createServer({ noDelay: true, pauseOnConnect: true }, accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets: Socket[] = []
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    // Ends only if the server has counted every connection out.
    await new Promise((resolve) => server.close(resolve))
  })
  return () => {
    const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, noDelay: true })
    sockets.push(socket)
    return socket
  }
}

/** Collects what it gets, and notes where it lay. */
class Collector implements Receiver {
  readonly bytes: number[] = []
  readonly memory = new Set<ArrayBufferLike>()
  gap: Buffer | null = null

  fillGap(count: number): void {
    const gap = this.gap!
    this.#take(gap.subarray(0, count))
    this.gap = count === gap.length ? null : gap.subarray(count)
  }

  receive(chunk: Buffer): void {
    this.#take(chunk)
  }

  receiveShared(chunk: Buffer): void {
    this.#take(chunk)
  }

  #take(chunk: Buffer): void {
    this.bytes.push(...chunk)
    this.memory.add(chunk.buffer)
  }
}

test('sockets are read into the one buffer that they share, and into gaps', async () => {
  const shared = Buffer.allocUnsafeSlow(8)
  const collectors: Collector[] = []
  const open = await listen((socket) => {
    const collector = new Collector()
    collectors.push(collector)
    const { stream, start } = socketInput(socket, shared)
    start(collector)
    stream.on('end', () => stream.end())
  })
  const [one, two] = [open(), open()]
  await Promise.all([once(one, 'connect'), once(two, 'connect')])
  one.write('a few more bytes than fit')
  await expect.poll(() => collectors.find(({ bytes }) => bytes.length === 25)).toBeDefined()
  two.end('others')
  await once(two, 'close')
  expect(collectors.map(({ bytes }) => Buffer.from(bytes).toString()).sort()).toEqual([
    'a few more bytes than fit',
    'others',
  ])
  for (const { memory } of collectors) expect([...memory]).toEqual([shared.buffer])

  const [first] = collectors.filter(({ bytes }) => bytes.length === 25)
  const gap = Buffer.allocUnsafeSlow(11)
  // The gap is asked for after each read.
  first!.gap = gap
  one.write('!')
  await expect.poll(() => first!.bytes.length).toBe(26)
  one.end('in the gap, and after it')
  await once(one, 'close')
  expect(gap.toString()).toBe('in the gap,')
  expect(Buffer.from(first!.bytes).toString()).toBe('a few more bytes than fit!in the gap, and after it')
})

/** An answer that shows whether the frame was right: its length and checksum. */
function answerBytes(frame: Buffer): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeInt32BE(8)
  bytes.writeInt32BE(frame.length, 4)
  bytes.writeUInt32BE(crc32c(frame), 8)
  return bytes
}

const answerTo = (frame: Buffer): Answer => ({ parts: [answerBytes(frame)], onSent: [] })

/** Node with other internals: nothing can be read into a buffer of ours. */
const asOtherNode = (socket: Socket, shared: Buffer): Input => {
  const { _handle: handle } = socket as unknown as { _handle: object }
  Object.defineProperty(handle, 'useUserBuffer', { value: undefined })
  return socketInput(socket, shared)
}

const WAYS: readonly [string, (socket: Socket, shared: Buffer) => Input][] = [
  ['the shared buffer', socketInput],
  ['chunks of Node, where it has other internals', asOtherNode],
  ['chunks of any stream', streamInput],
]

const SIZES = [0, 10, 200, 5000, 70_000, 400_000, 2_500_000]

const requests = (random: () => number): Buffer[] =>
  Array.from({ length: randomInteger(random, 1, 12) }, () => {
    const length = randomInteger(random, 0, SIZES[randomInteger(random, 0, SIZES.length)]! + 1)
    return Buffer.alloc(length, randomBytes(random, 251))
  })

const framed = (body: Buffer): Buffer => {
  const frame = Buffer.alloc(4 + body.length)
  frame.writeInt32BE(body.length)
  body.copy(frame, 4)
  return frame
}

/** Writes the bytes in pieces of any size, some of them at once. */
async function writeInPieces(socket: Socket, bytes: Buffer, random: () => number): Promise<void> {
  const longest = [20, 3000, 60_000, 1_000_000][randomInteger(random, 0, 4)]!
  const least = bytes.length / 200
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + Math.ceil(least + random() * longest))
    socket.write(bytes.subarray(at, end))
    at = end
    if (random() < 0.7) await setImmediate()
  }
}

async function startEcho(way: (socket: Socket, shared: Buffer) => Input, random: () => number) {
  const buffers = new CountingBuffers()
  const shared = Buffer.allocUnsafeSlow(64 * 1024)
  const connections = new Set<Connection>()
  const open = await listen((socket) => {
    const connection = new Connection({
      input: way(socket, shared),
      dispatcher: {
        // What is answered later is read from the frame later, too.
        answer(frame) {
          if (random() < 0.6) return answerTo(frame)
          return (async () => {
            for (let turns = randomInteger(random, 0, 5); turns > 0; turns--) await setImmediate()
            return answerTo(frame)
          })()
        },
      },
      buffers,
      memory: new FrameMemory(() => 3_000_000, buffers.largestBytes),
      answers: new AnswerMemory(),
      node: 1,
      clientAddress: '',
      localAddress: '',
      listener: '',
      maxRequestBytes: 100_000_000,
      clock: new ManualClock(),
      logger: { info() {}, warn() {}, error() {} },
    })
    connections.add(connection)
    connection.onClose(() => connections.delete(connection))
  })
  return { open, buffers, connections }
}

test.each(WAYS)('requests in any pieces are answered in order, read into %s', async (_name, way) => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seededRandom(seed)
    const { open, buffers, connections } = await startEcho(way, random)
    const clients = Array.from({ length: 6 }, async () => {
      const socket = open()
      const client = new WireClient(socket)
      const bodies = requests(random)
      const written = writeInPieces(socket, Buffer.concat(bodies.map(framed)), random)
      for (const body of bodies) {
        const frame = await client.nextFrame()
        expect(frame, `seed ${seed}`).toEqual(answerBytes(body).subarray(4))
      }
      await written
      socket.destroy()
    })
    await Promise.all(clients)
    await expect.poll(() => connections.size).toBe(0)
    expect(buffers.lent).toBe(0)
  }
})

test.each(WAYS)('clients that leave at any byte leave no memory in use, read into %s', async (_name, way) => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seededRandom(seed)
    const { open, buffers, connections } = await startEcho(way, random)
    const clients = Array.from({ length: 6 }, async () => {
      const socket = open()
      socket.on('error', () => {})
      const bytes = Buffer.concat(requests(random).map(framed))
      await once(socket, 'connect')
      await writeInPieces(socket, bytes.subarray(0, randomInteger(random, 0, bytes.length + 1)), random)
      if (random() < 0.5) socket.destroy()
      else socket.resetAndDestroy()
    })
    await Promise.all(clients)
    await expect.poll(() => connections.size).toBe(0)
    await expect.poll(() => buffers.lent).toBe(0)
  }
})

test('a connection that closes while its request fails gives the memory of the frame back', async () => {
  const buffers = new CountingBuffers()
  const memory = new FrameMemory(() => 1, buffers.largestBytes)
  const failures: unknown[] = []
  const accepted: Connection[] = []
  let fail: (error: Error) => void = () => {}
  const open = await listen((socket) => {
    accepted.push(
      new Connection({
        input: socketInput(socket, Buffer.alloc(1000)),
        dispatcher: {
          answer: () =>
            new Promise((_resolve, reject) => {
              fail = reject
            }),
        },
        buffers,
        memory,
        answers: new AnswerMemory(),
        node: 1,
        clientAddress: '',
        localAddress: '',
        listener: '',
        maxRequestBytes: 100_000_000,
        clock: new ManualClock(),
        logger: { info() {}, warn() {}, error: (_message, cause) => failures.push(cause) },
      }),
    )
  })
  open().write(framed(Buffer.alloc(buffers.largestBytes + 1)))
  await expect.poll(() => accepted[0]?.isIdle).toBe(false)
  expect(memory.take(1)).toBe(false)
  accepted[0]!.close()
  fail(new Error('a bug'))
  await expect.poll(() => failures).toHaveLength(1)
  expect(memory.take(1)).toBe(true)
})
