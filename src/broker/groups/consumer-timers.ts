import type { Clock } from '../clock.ts'
import { Deadline } from './deadline.ts'

/** The times at which a member of a consumer group is given up. */
export class MemberTimers {
  /** Until when it must be heard of. */
  readonly session: Deadline
  /** Until when it must have given back its partitions. */
  readonly rebalance: Deadline
  /** Until when a member that speaks the classic protocol must join again, and then sync. */
  readonly join: Deadline
  readonly sync: Deadline

  constructor(clock: Clock) {
    this.session = new Deadline(clock)
    this.rebalance = new Deadline(clock)
    this.join = new Deadline(clock)
    this.sync = new Deadline(clock)
  }

  clear(): void {
    for (const deadline of [this.session, this.rebalance, this.join, this.sync]) deadline.clear()
  }
}
