import { expect, test } from 'vitest'
import { Ending } from '../../../src/cli/consume/ending.ts'
import { type Printer, printRecords, type RecordSource } from '../../../src/cli/consume/read-loop.ts'
import { OutputClosed } from '../../../src/cli/io.ts'
import { RecordOutput } from '../../../src/cli/records/record-output.ts'
import { Outlet } from '../../../src/cli/streams/outlet.ts'
import type { Port } from '../../../src/cli/streams/port.ts'
import { systemClock } from '../../../src/client/clock.ts'
import { Cluster } from '../../../src/client/cluster.ts'

/** Records without end, a line of 100 bytes each. */
function endless(output: RecordOutput): { reader: RecordSource<object>; printer: Printer<object> } {
  const source = {}
  const printer = {
    count: 0,
    leftOut: 0,
    print(_records: object, limit: number, most: number) {
      output.begin(source, most)
      while (printer.count < limit && !output.isFull) {
        output.bytes.text(`${printer.count}`.padEnd(99, '.').concat('\n'))
        output.add(printer.count++)
      }
      output.bytes.flush()
    },
  }
  return { printer, reader: { next: async () => source, close() {} } }
}

function setUp(port: Port) {
  const outlet = new Outlet(() => port)
  const io = { out: (bytes: string | Uint8Array) => outlet.write(bytes), output: outlet }
  const output = new RecordOutput(io)
  const stop = new AbortController()
  const { reader, printer } = endless(output)
  const cluster = Cluster.connect({ bootstrapServers: 'localhost:1' })
  const run = (isGentle: boolean, idleMs = Infinity) =>
    printRecords({
      reader,
      printer,
      output,
      limits: { records: Infinity, idleMs, totalMs: Infinity },
      most: 500,
      isGentle,
      cluster,
      stop: stop.signal,
    }).finally(() => cluster.close())
  return { run, printer, output, outlet, stop }
}

test.each([
  [true, 4],
  [false, 1000],
])('a reader that goes away after its first lines, gentle: %s', async (isGentle, most) => {
  let writes = 0
  const { run, printer, output } = setUp({
    hasReader: true,
    tryWrite(bytes) {
      if (++writes > 2) throw new OutputClosed('gone')
      return bytes.length
    },
    writeSome: async ({ length }) => length,
  })
  await expect(run(isGentle)).rejects.toThrow(OutputClosed)
  expect(printer.count - output.missing).toBeLessThanOrEqual(most)
})

test('an interrupted reader writes the record that is begun, and no other', async () => {
  let written = 0
  const pending: (() => void)[] = []
  const { run, printer, output, outlet, stop } = setUp({
    hasReader: true,
    // Two lines, and half of the third.
    tryWrite() {
      const count = written === 0 ? 250 : 0
      written += count
      return count
    },
    writeSome: ({ length }) =>
      new Promise((resolve) => {
        pending.push(() => {
          written += length
          resolve(length)
        })
      }),
  })
  const reading = run(false)
  await expect.poll(() => outlet.taken).toBe(250)
  expect([outlet.given, outlet.bound]).toEqual([50_000, 250 + 4096])
  stop.abort()
  await expect.poll(() => outlet.given).toBe(4400)
  while (outlet.taken < outlet.given) {
    pending.shift()?.()
    await new Promise(setImmediate)
  }
  expect(await reading).toEqual({ stop: 'interrupted', isStalled: false })
  expect([written, printer.count - output.missing]).toEqual([4400, 44])
})

test('a reader that stalls ends reading after the idle time', async () => {
  const { run, printer, output } = setUp({
    hasReader: true,
    tryWrite: () => 0,
    writeSome: () => new Promise(() => {}),
  })
  expect(await run(false, 20)).toEqual({ stop: 'idle', isStalled: true })
  expect(printer.count - output.missing).toBe(0)
})

test('an end of reading ends its one wait, and later waits at once', async () => {
  const stop = new AbortController()
  const ending = new Ending(systemClock, Infinity, stop.signal)
  const never = new Promise<string>(() => {})
  const waiting = ending.until(never)
  stop.abort()
  expect(await waiting).toBeNull()
  expect(await ending.until(never)).toBeNull()
  expect(ending.reason).toBe('interrupted')
  ending.close()
})

test('a wait ends with what it waits for, or after its time', async () => {
  const ending = new Ending(systemClock, Infinity, new AbortController().signal)
  expect(await ending.until(Promise.resolve('here'))).toBe('here')
  expect(await ending.until(new Promise(() => {}), 1)).toBeNull()
  await expect(ending.until(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(ending.reason).toBeNull()
  ending.close()
})
