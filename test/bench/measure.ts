import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

const CLOCK_TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** CPU time that a process has used, user and system. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
}

/** Resident memory of a process. */
export const residentMegabytes = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

export interface RunOptions {
  /** Read as standard input. */
  readonly input?: string
  /** Gets standard output; thrown away without it. */
  readonly output?: string
}

/** Runs a program to its end; gives the seconds it took. Its files are its own, so nothing here slows it down. */
export function timeProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  const input = openSync(options.input ?? '/dev/null', 'r')
  const output = openSync(options.output ?? '/dev/null', options.output ? 'w' : 'a')
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: [input, output, 'pipe'] })
    let said = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      const seconds = (performance.now() - started) / 1000
      closeSync(input)
      closeSync(output)
      if (code === 0) resolve(seconds)
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`))
    })
  })
}

/** The median of several runs. */
export async function timeRuns(count: number, run: () => Promise<number>): Promise<number> {
  return (await timeInTurn(count, { run })).run
}

/** Medians of several things, one run of each after the other, so that a busy machine is busy for all of them. */
export async function timeInTurn<Name extends string>(
  count: number,
  runs: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(runs) as Name[]
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let index = 0; index < count; index++) {
    for (const name of names) seconds[name].push(await runs[name]())
  }
  return Object.fromEntries(names.map((name) => [name, median(seconds[name])])) as Record<Name, number>
}
