// What keeps a client from its brokers, for people and for the errors of calls that end meanwhile. After a second without
// a connection, or without an answer, there is a line: one for each address and cause until the address is reached.

import type { Clock } from '../clock.ts'
import { isRetriable, QUIET_MS } from '../retry.ts'
import type { ConnectionStep } from './connection.ts'
import { ConnectionError } from './connection-error.ts'

/** After so long without an attempt the next one counts as the first. */
const LAPSE_MS = 10_000

export interface ReachabilityOptions {
  readonly clock: Clock
  /** The address as it is shown: with the id of its broker where that is known. */
  readonly nameOf: (address: string) => string
  /** Called with each line; nothing is reported when left out. */
  readonly onNotice?: ((line: string) => void) | undefined
}

/** An attempt to connect. */
export interface Attempt {
  step(step: ConnectionStep): void
  opened(): void
  failed(error: ConnectionError): void
}

export class Reachability {
  readonly #options: ReachabilityOptions
  readonly #peers = new Map<string, Peer>()

  constructor(options: ReachabilityOptions) {
    this.#options = options
  }

  begin(address: string): Attempt {
    return this.#peer(address).begin()
  }

  /** An open connection has not answered a request for longer than QUIET_MS. */
  silent(address: string): void {
    this.#peer(address).silent()
  }

  /** An open connection that was silent has answered. */
  answered(address: string): void {
    this.#peers.get(address)?.answered()
  }

  /** What keeps the client waiting now; null when nothing is known to. */
  obstacle(timeoutMs: number): ConnectionError | null {
    let latest: Peer | null = null
    for (const peer of this.#peers.values()) {
      if (peer.isObstacle && (latest === null || peer.changedMs >= latest.changedMs)) latest = peer
    }
    return latest?.obstacle(timeoutMs) ?? null
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close()
    this.#peers.clear()
  }

  #peer(address: string): Peer {
    const known = this.#peers.get(address)
    if (known !== undefined) return known
    const peer = new Peer(address, this.#options)
    this.#peers.set(address, peer)
    return peer
  }
}

/** How it goes with one address, over all attempts to connect to it. */
class Peer {
  readonly #address: string
  readonly #options: ReachabilityOptions
  /** The step that the latest attempt waits for, while one is under way. */
  #waitsFor: 'connection' | 'answer' | 'login' | null = null
  #underWay = 0
  /** Since when the latest attempt waits for that. */
  #stepMs = 0
  /** Attempts since there was a connection. */
  #attempts = 0
  #downSinceMs = 0
  #cause: ConnectionError | null = null
  #isSilent = false
  changedMs = 0
  /** What was reported since the address was last reached. */
  readonly #reported = new Set<string>()
  #cancel = (): void => {}

  constructor(address: string, options: ReachabilityOptions) {
    this.#address = address
    this.#options = options
  }

  get isObstacle(): boolean {
    return this.#underWay > 0 || this.#cause !== null || this.#isSilent
  }

  obstacle(timeoutMs: number): ConnectionError {
    if (this.#underWay === 0 && this.#cause !== null) return this.#cause
    const what = this.#waitsFor === 'connection' ? 'connection' : 'answer'
    return new ConnectionError('timed-out', this.#address, `no ${what} within ${timeoutMs} ms`)
  }

  begin(): Attempt {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#underWay === 0 && nowMs - this.changedMs > LAPSE_MS) this.#attempts = 0
    if (this.#attempts++ === 0) this.#downSinceMs = nowMs
    this.#underWay++
    this.#moveTo('connection')
    return {
      step: (step) => this.#moveTo(step === 'versions' ? 'login' : 'answer'),
      opened: () => this.#opened(),
      failed: (error) => this.#failed(error),
    }
  }

  silent(): void {
    // The first request of a connection is part of opening it.
    if (this.#underWay > 0) return
    this.#isSilent = true
    this.changedMs = this.#options.clock.monotonicMs()
    this.#report('silent', `no answer from ${this.#name} yet, waiting`)
  }

  answered(): void {
    this.#isSilent = false
    if (this.#reported.delete('silent')) this.#options.onNotice?.(`${this.#name} answers again`)
  }

  close(): void {
    this.#cancel()
  }

  #moveTo(step: 'connection' | 'answer' | 'login'): void {
    this.#waitsFor = step
    this.#stepMs = this.#options.clock.monotonicMs()
    this.changedMs = this.#stepMs
    this.#watch(this.#stepMs + QUIET_MS)
  }

  #opened(): void {
    this.#cancel()
    this.#underWay--
    this.#waitsFor = null
    this.#attempts = 0
    this.#cause = null
    this.#isSilent = false
    if (this.#reported.size > 0) this.#options.onNotice?.(`connected to ${this.#name}`)
    this.#reported.clear()
  }

  #failed(error: ConnectionError): void {
    this.#underWay--
    this.#cause = error
    this.changedMs = this.#options.clock.monotonicMs()
    this.#look()
  }

  #watch(atMs: number): void {
    const { clock, onNotice } = this.#options
    this.#cancel()
    const waitMs = atMs - clock.monotonicMs()
    if (onNotice !== undefined && waitMs > 0) this.#cancel = clock.after(waitMs, () => this.#look())
  }

  #look(): void {
    const nowMs = this.#options.clock.monotonicMs()
    // A timer may be a moment early.
    const dueMs = this.#underWay > 0 ? this.#stepMs + QUIET_MS : this.#downSinceMs + QUIET_MS
    if (nowMs < dueMs) this.#watch(dueMs)
    // A single failure may be the end of it: another broker was asked, or the call failed.
    const isRepeated = this.#attempts > 1 && nowMs - this.#downSinceMs >= QUIET_MS
    if (this.#cause !== null && isRepeated) this.#reportFailure(this.#cause)
    if (this.#underWay === 0 || nowMs < dueMs) return
    if (this.#waitsFor === 'connection') {
      this.#report('no connection', `connecting to ${this.#name}: no answer yet, waiting`)
    } else if (this.#waitsFor === 'login') {
      this.#report('no answer', `connected to ${this.#name}, waiting for the login`)
    } else {
      this.#report('no answer', `connected to ${this.#name}, waiting for an answer`)
    }
  }

  #reportFailure(error: ConnectionError): void {
    if (!isRetriable(error)) return
    const { failure, reason } = error
    if (failure === 'timed-out') {
      const missing = this.#waitsFor === 'connection' ? 'no connection' : 'no answer'
      this.#report(missing, `connection to ${this.#name} timed out, retrying`)
    } else {
      const outcome = reason === 'connection refused' ? 'refused' : `failed: ${reason}`
      this.#report(`${failure} ${reason}`, `connection to ${this.#name} ${outcome}, retrying`)
    }
  }

  #report(cause: string, line: string): void {
    if (this.#reported.has(cause)) return
    this.#reported.add(cause)
    this.#options.onNotice?.(line)
  }

  get #name(): string {
    return this.#options.nameOf(this.#address)
  }
}
