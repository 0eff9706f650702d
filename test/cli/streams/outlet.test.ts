import { describe, expect, test } from 'vitest'
import { OutputClosed } from '../../../src/cli/io.ts'
import { Outlet } from '../../../src/cli/streams/outlet.ts'
import type { Port } from '../../../src/cli/streams/port.ts'
import { Talk } from '../../../src/cli/streams/talk.ts'

/** A pipe that accepts as many bytes as its reader has made room for. */
class FakePipe implements Port {
  readonly hasReader = true
  #accepted = Buffer.alloc(0)
  #room: number
  #error: Error | null = null
  #waiter: { bytes: Uint8Array; resolve: (count: number) => void; reject: (error: Error) => void } | null =
    null

  constructor(room: number) {
    this.#room = room
  }

  get text(): string {
    return this.#accepted.toString()
  }

  tryWrite(bytes: Uint8Array): number {
    if (this.#error !== null) throw this.#error
    const count = Math.min(this.#room, bytes.length)
    this.#accepted = Buffer.concat([this.#accepted, bytes.subarray(0, count)])
    this.#room -= count
    return count
  }

  writeSome(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiter = { bytes, resolve, reject }
    })
  }

  /** The reader reads so many bytes. */
  async read(count: number): Promise<void> {
    this.#room += count
    const waiter = this.#waiter
    this.#waiter = null
    waiter?.resolve(this.tryWrite(waiter.bytes))
    await new Promise(setImmediate)
  }

  async fail(error: Error): Promise<void> {
    this.#error = error
    this.#waiter?.reject(error)
    await new Promise(setImmediate)
  }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  await new Promise(setImmediate)
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

describe('an outlet', () => {
  test('writes at once what is accepted, and the rest in order as the reader reads', async () => {
    const pipe = new FakePipe(3)
    const outlet = new Outlet(() => pipe)
    outlet.write('abcde')
    outlet.write('fgh')
    expect([pipe.text, outlet.given, outlet.taken]).toEqual(['abc', 8, 3])
    const drained = outlet.drained()
    await pipe.read(3)
    expect([pipe.text, outlet.taken]).toEqual(['abcdef', 6])
    expect(await isSettled(drained)).toBe(false)
    await pipe.read(100)
    expect([pipe.text, outlet.taken]).toEqual(['abcdefgh', 8])
    await drained
    outlet.write('i')
    expect(pipe.text).toBe('abcdefghi')
  })

  test('keeps a copy of what waits, since the buffer of the caller is filled again', async () => {
    const pipe = new FakePipe(0)
    const outlet = new Outlet(() => pipe)
    const buffer = Buffer.from('abc')
    outlet.write(buffer)
    buffer.fill('x')
    await pipe.read(3)
    expect(pipe.text).toBe('abc')
  })

  test('drops on request what can still be recalled', async () => {
    const pipe = new FakePipe(2)
    const outlet = new Outlet(() => pipe)
    outlet.write('one\n')
    outlet.write('two\n')
    outlet.write('three\n')
    // The rest of "one" is on its way.
    expect([outlet.taken, outlet.bound]).toEqual([2, 4])
    outlet.cut(4)
    const drained = outlet.drained()
    await pipe.read(100)
    await drained
    expect([pipe.text, outlet.given, outlet.taken]).toEqual(['one\n', 4, 4])
    outlet.write('end\n')
    expect(pipe.text).toBe('one\nend\n')
  })

  test('keeps talk when data is dropped', async () => {
    const pipe = new FakePipe(1)
    const outlet = new Outlet(() => pipe)
    outlet.write('one\n')
    outlet.write('two\n')
    outlet.write('a warning\n', true)
    outlet.write('three\n')
    outlet.cut(4)
    await pipe.read(100)
    expect(pipe.text).toBe('one\na warning\n')
  })

  test('reports a failure to whoever waits and to every later write, with what was accepted before', async () => {
    const pipe = new FakePipe(2)
    const outlet = new Outlet(() => pipe)
    outlet.write('abcd')
    const drained = outlet.drained()
    const error = new Error('ENOSPC')
    const failing = expect(drained).rejects.toBe(error)
    await pipe.fail(error)
    await failing
    expect([outlet.taken, outlet.given]).toEqual([2, 2])
    expect(() => outlet.write('e')).toThrow(error)
    await expect(outlet.drained()).rejects.toBe(error)
  })
})

describe('talk', () => {
  test('is dropped, and counted, when its reader does not keep up', async () => {
    const pipe = new FakePipe(0)
    const talk = new Talk(new Outlet(() => pipe))
    const line = `${'x'.repeat(1023)}\n`
    for (let i = 0; i < 300; i++) talk.write(line)
    await pipe.read(1 << 20)
    const [first, ...others] = pipe.text.split('… ')
    expect(first).toBe(line.repeat(256))
    expect(others).toEqual(['44 lines were dropped: the reader of standard error did not keep up\n'])
    talk.write('more\n')
    expect(pipe.text.endsWith('up\nmore\n')).toBe(true)
  })

  test('goes on after a full disk, with the number of lost lines', async () => {
    const pipe = new FakePipe(Infinity)
    const disk: Port & { isFull: boolean } = {
      hasReader: false,
      isFull: true,
      tryWrite(bytes) {
        if (this.isFull) throw new Error('ENOSPC: no space left on device, write')
        return pipe.tryWrite(bytes)
      },
      writeSome: (bytes) => pipe.writeSome(bytes),
    }
    const talk = new Talk(new Outlet(() => disk))
    talk.write('one\n')
    talk.write('two\nthree\n')
    disk.isFull = false
    talk.write('four\n')
    expect(pipe.text).toBe(
      '\n… 3 lines were dropped: standard error could not be written (ENOSPC: no space left on device, write)\nfour\n',
    )
  })

  test('never fails when its reader is gone', async () => {
    const pipe = new FakePipe(0)
    const talk = new Talk(new Outlet(() => pipe))
    talk.write('one\n')
    const drained = talk.drained()
    await pipe.fail(new OutputClosed('gone'))
    await drained
    talk.write('two\n')
    await talk.drained()
    expect(pipe.text).toBe('')
  })
})
