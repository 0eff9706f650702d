import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { endProcess } from '../../src/cli/process-io.ts'

/** A process that notes what is done to it; it goes on after its end. */
class NotedProcess extends EventEmitter {
  readonly pid = 7
  readonly done: string[] = []
  readonly #resources: readonly string[]

  constructor(resources: readonly string[]) {
    super()
    this.#resources = resources
    this.on('exit', (code) => this.done.push(`cleaned up for ${code}`))
    this.on('SIGTERM', () => {})
  }

  getActiveResourcesInfo(): readonly string[] {
    return this.#resources
  }

  kill(pid: number, signal: string): void {
    this.done.push(`${signal} to ${pid}, ${this.listenerCount(signal)} listeners`)
  }

  exit(code: number): void {
    this.done.push(`exit ${code}`)
  }
}

function end(code: number, resources: readonly string[]): readonly string[] {
  const noted = new NotedProcess(resources)
  endProcess(noted as unknown as NodeJS.Process, code)
  return noted.done
}

test('the process exits with its code', () => {
  expect(end(0, ['Timeout'])).toEqual(['exit 0'])
  expect(end(143, ['Timeout'])).toEqual(['exit 143'])
  expect(end(1, ['GetAddrInfoReqWrap'])).toEqual(['exit 1'])
})

test('a lookup of a host name does not keep it after a signal', () => {
  expect(end(143, ['Timeout', 'GetAddrInfoReqWrap']).slice(0, 2)).toEqual([
    'cleaned up for 143',
    'SIGTERM to 7, 0 listeners',
  ])
})
