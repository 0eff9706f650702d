// What happens to each member and to the broker, and when: all of it follows from a seed.
import { seededRandom } from '../support/random.ts'
import type { MemberKind } from './kinds.ts'

export interface Slot {
  readonly name: string
  readonly kind: MemberKind
  readonly group: string
  readonly protocol: 'classic' | 'consumer'
}

/** `leave` asks a member to end, `kill` ends it, `pause` stops it in place until `resume`. */
export type MemberAction = 'start' | 'leave' | 'kill' | 'pause' | 'resume'

export type Step =
  | { readonly atMs: number; readonly action: MemberAction; readonly slot: Slot }
  | { readonly atMs: number; readonly action: 'kill broker'; readonly downMs: number }

export interface ScheduleOptions {
  readonly seed: number
  readonly durationMs: number
  readonly sessionTimeoutMs: number
  readonly slots: readonly Slot[]
}

/**
 * A classic group stands still until everybody has joined anew or is given up. Disturbed all the time, it does nothing
 * else, Apache Kafka's as well: its members are left alone between the waves.
 */
const WAVE_EVERY_MS = 15_000
const WAVE_MS = 5000

/** In order of time; whoever is paused at the end goes on at the end. */
export function planChurn({ seed, durationMs, sessionTimeoutMs, slots }: ScheduleOptions): Step[] {
  const random = seededRandom(seed)
  const between = (from: number, to: number) => Math.round(from + random() * (to - from))
  const steps: Step[] = []
  /** That time, or one in the next wave. */
  const inWave = (atMs: number, { protocol }: Slot): number => {
    if (protocol === 'consumer' || atMs % WAVE_EVERY_MS < WAVE_MS) return atMs
    return Math.ceil(atMs / WAVE_EVERY_MS) * WAVE_EVERY_MS + between(0, WAVE_MS)
  }

  for (const slot of slots) {
    // Java takes seconds of a core to start.
    const [shortest, longest] = slot.kind === 'java' ? [14_000, 28_000] : [4000, 16_000]
    steps.push({ atMs: between(0, 2000), action: 'start', slot })
    let atMs = inWave(between(3000, longest), slot)
    while (atMs < durationMs) {
      const action = (['leave', 'kill', 'pause'] as const)[Math.floor(random() * 3)]!
      steps.push({ atMs, action, slot })
      const isPause = action === 'pause'
      atMs += isPause ? sessionTimeoutMs + between(2000, 8000) : between(200, 5000)
      if (atMs < durationMs) steps.push({ atMs, action: isPause ? 'resume' : 'start', slot })
      else if (isPause) steps.push({ atMs: durationMs, action: 'resume', slot })
      atMs = inWave(atMs + between(shortest, longest), slot)
    }
  }
  for (const share of [0.35, 0.7]) {
    const atMs = Math.round(durationMs * (share + (random() - 0.5) * 0.2))
    steps.push({ atMs, action: 'kill broker', downMs: between(0, 2500) })
  }
  return steps.sort((one, other) => one.atMs - other.atMs)
}
