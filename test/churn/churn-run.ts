// Members of groups that come, go, hang and are killed while records are written and the broker is killed.
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KtoolProcess, startKtool } from '../support/start-ktool.ts'
import { commandOf, producerCommand } from './kinds.ts'
import { MemberProcess } from './member-process.ts'
import { type Printed, type PrintedRecord, readPrinted } from './printed.ts'
import type { Slot, Step } from './schedule.ts'

export interface ChurnOptions {
  readonly folder: string
  readonly topic: string
  readonly partitions: number
  readonly recordsPerSecond: number
  readonly sessionTimeoutMs: number
}

export class ChurnRun {
  readonly #options: ChurnOptions
  readonly #members = new Map<Slot, MemberProcess>()
  /** Members that were asked to leave at some time. */
  readonly #leaving = new Map<Slot, Promise<void>>()
  #broker!: KtoolProcess
  #producer!: MemberProcess
  readonly #startedAt = Date.now()
  /** What was done, and what went wrong with it, in words. */
  readonly history: string[] = []

  constructor(options: ChurnOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { topic, partitions, recordsPerSecond } = this.#options
    mkdirSync(this.#options.folder, { recursive: true })
    await this.#startBroker(0)
    const { bootstrapServers } = this.#broker
    const command = producerCommand(bootstrapServers, topic, partitions, recordsPerSecond)
    this.#producer = new MemberProcess([...command], this.#path('producer'))
  }

  /** Does each step at its time. */
  async play(steps: readonly Step[]): Promise<void> {
    const startedAt = Date.now()
    const pending: Promise<void>[] = []
    for (const step of steps) {
      await sleep(Math.max(0, startedAt + step.atMs - Date.now()))
      this.#note(
        step.action === 'kill broker'
          ? `kill broker for ${step.downMs} ms`
          : `${step.action} ${step.slot.name}`,
      )
      pending.push(this.#do(step))
    }
    await Promise.all(pending)
  }

  /** Members that are there now. */
  get present(): Slot[] {
    return [...this.#members].filter(([, member]) => member.isRunning).map(([slot]) => slot)
  }

  /** Members that ended though nothing made them. */
  get lost(): string[] {
    return [...this.#members]
      .filter(([, member]) => !member.isRunning)
      .map(([slot, member]) => `${slot.name} ended with ${member.end}`)
  }

  printed(slot: Slot): Printed {
    return readPrinted(this.#path(slot.name))
  }

  get acknowledged(): readonly PrintedRecord[] {
    return readPrinted(this.#path('producer')).records
  }

  /** false when not everything could be written. */
  async endProducer(): Promise<boolean> {
    await this.#producer.leave(30_000)
    return this.#producer.end === '0'
  }

  /** Lets the members leave, then ends the broker; gives the folder of its data. */
  async end(): Promise<string> {
    await Promise.all([...this.#members].map(([slot, member]) => this.#leave(slot, member)))
    this.#note('end broker')
    await this.#broker.stop()
    this.#keepLog()
    return this.#broker.dataDir
  }

  /** Leaves nothing running. */
  async abort(): Promise<void> {
    const processes = [...this.#members.values(), ...(this.#producer ? [this.#producer] : [])]
    await Promise.all(processes.filter(({ isRunning }) => isRunning).map((each) => each.kill()))
    await this.#broker?.kill()
  }

  async #do(step: Step): Promise<void> {
    if (step.action === 'kill broker') {
      const { port } = this.#broker
      await this.#broker.kill()
      this.#keepLog()
      await sleep(step.downMs)
      await this.#startBroker(port)
      this.#note('broker is back')
      return
    }
    const { slot, action } = step
    const member = this.#members.get(slot)
    if (action === 'start') {
      await this.#leaving.get(slot)
      this.#members.set(slot, new MemberProcess(this.#command(slot), this.#path(slot.name)))
    } else if (!member?.isRunning) {
      this.#note(`${slot.name} was not there: ended with ${member?.end}`)
    } else if (action === 'pause') member.pause()
    else if (action === 'resume') member.resume()
    else if (action === 'kill') {
      await member.kill()
      this.#members.delete(slot)
    } else {
      const leaving = this.#leave(slot, member)
      this.#leaving.set(slot, leaving)
      await leaving
    }
  }

  async #leave(slot: Slot, member: MemberProcess): Promise<void> {
    if (!(await member.leave(15_000))) this.#note(`${slot.name} did not leave and was killed`)
    if (this.#members.get(slot) === member) this.#members.delete(slot)
  }

  #command(slot: Slot) {
    const { topic, sessionTimeoutMs } = this.#options
    return commandOf(slot, { servers: this.#broker.bootstrapServers, topic, sessionTimeoutMs })
  }

  async #startBroker(port: number): Promise<void> {
    const { folder, topic, partitions, sessionTimeoutMs } = this.#options
    const settings = [
      `group.consumer.min.session.timeout.ms=${sessionTimeoutMs}`,
      `group.consumer.session.timeout.ms=${sessionTimeoutMs}`,
      'group.consumer.min.heartbeat.interval.ms=1000',
      'group.consumer.heartbeat.interval.ms=1000',
    ]
    this.#broker = await startKtool({
      dataDir: join(folder, 'data'),
      port,
      args: ['--topic', `${topic}:${partitions}`, ...settings.flatMap((each) => ['--config', each])],
    })
  }

  #keepLog(): void {
    appendFileSync(this.#path('broker.err'), this.#broker.log())
  }

  #path(name: string): string {
    return join(this.#options.folder, name)
  }

  #note(text: string): void {
    const line = `${((Date.now() - this.#startedAt) / 1000).toFixed(1)} s: ${text}`
    this.history.push(line)
    appendFileSync(this.#path('history'), `${line}\n`)
  }
}
