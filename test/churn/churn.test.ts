// Two groups of members of several clients that come, go, hang and are killed, and a broker that is killed twice.
// KTOOL_CHURN_SEED repeats a schedule, KTOOL_CHURN_SECONDS says how long it lasts, and KTOOL_CHURN_FOLDER keeps what
// everybody printed, and the data, there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { ChurnRun } from './churn-run.ts'
import { GroupLog } from './group-log.ts'
import type { MemberKind } from './kinds.ts'
import { offsetsThatWentBack, sharedAmongMembers, sharedInGeneration, toldOtherwise } from './rules.ts'
import { planChurn, type Slot } from './schedule.ts'

const SECONDS = Number(process.env.KTOOL_CHURN_SECONDS ?? 60)
const SEED = Number(process.env.KTOOL_CHURN_SEED ?? Date.now() % 1_000_000)
const KEPT_FOLDER = process.env.KTOOL_CHURN_FOLDER
const TOPIC = 'numbers'
const PARTITIONS = 24
const RECORDS_PER_SECOND = 300
const SESSION_TIMEOUT_MS = 6000
/** How long members may take to find each other again once nobody disturbs them. */
const CALM_LIMIT_MS = 30_000

type Protocol = Slot['protocol']

const slots = (
  group: string,
  protocol: Protocol,
  counts: Readonly<Partial<Record<MemberKind, number>>>,
): Slot[] =>
  Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, at) => ({
      name: `${group}-${kind}-${at + 1}`,
      kind: kind as MemberKind,
      group,
      protocol,
    })),
  )

const CLASSIC = slots('classic', 'classic', { kafkajs: 4, 'confluent-kafka': 3, 'kafka-python': 3, java: 2 })
const CONSUMER = slots('consumer', 'consumer', { 'confluent-kafka': 5, java: 1 })
const GROUPS = [
  ['classic', CLASSIC],
  ['consumer', CONSUMER],
] as const

describeWith(['python', 'apacheKafka'], 'two groups in a churn', () => {
  const slotsOfAll = [...CLASSIC, ...CONSUMER]
  let folder: string
  let run: ChurnRun
  let log: GroupLog
  let acknowledged: string[]
  let everythingWasWritten: boolean
  let stuck: string[]
  let unread: Map<string, Set<string>>

  beforeAll(
    async () => {
      console.log(`KTOOL_CHURN_SEED=${SEED}`)
      folder = KEPT_FOLDER ?? mkdtempSync(join(tmpdir(), 'ktool-churn-'))
      run = new ChurnRun({
        folder,
        topic: TOPIC,
        partitions: PARTITIONS,
        recordsPerSecond: RECORDS_PER_SECOND,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
      })
      await run.start()
      await run.play(
        planChurn({
          seed: SEED,
          durationMs: SECONDS * 1000,
          sessionTimeoutMs: SESSION_TIMEOUT_MS,
          slots: slotsOfAll,
        }),
      )
      stuck = [...run.lost, ...(await waitForFreshRecords())]
      everythingWasWritten = await run.endProducer()
      acknowledged = run.acknowledged.map(placeText)
      unread = await waitUntilRead()
      log = new GroupLog(await run.end())
    },
    SECONDS * 1000 + 150_000,
  )

  afterAll(async () => {
    await run.abort()
    if (KEPT_FOLDER === undefined) rmSync(folder, { recursive: true, force: true })
  })

  /** Waits until each member that is there has read a record that was written from now on; gives those that have not. */
  async function waitForFreshRecords(): Promise<string[]> {
    const calmFrom = run.acknowledged.reduce((last, { number }) => Math.max(last, number), 0)
    let waiting = run.present
    const isFresh = (slot: Slot) => run.printed(slot).records.some(({ number }) => number > calmFrom)
    await until(CALM_LIMIT_MS, () => {
      waiting = waiting.filter((slot) => !isFresh(slot))
      return waiting.length === 0
    })
    return waiting.map(({ name }) => `${name} reads nothing`)
  }

  /** Waits until each group has read what was acknowledged; gives what it has not. */
  async function waitUntilRead(): Promise<Map<string, Set<string>>> {
    const left = new Map(GROUPS.map(([group]) => [group, new Set(acknowledged)]))
    await until(CALM_LIMIT_MS, () => {
      for (const [group, members] of GROUPS) {
        for (const slot of members)
          for (const record of run.printed(slot).records) left.get(group)!.delete(placeText(record))
      }
      return [...left.values()].every(({ size }) => size === 0)
    })
    return left
  }

  const ofGroup = <Entry extends { group: string }>(entries: readonly Entry[], group: string): Entry[] =>
    entries.filter((entry) => entry.group === group)

  /** Fails with what was done, when there is a breach. */
  function expectNone(breaches: readonly string[]): void {
    const told =
      breaches.length > 20 ? [...breaches.slice(0, 20), `and ${breaches.length - 20} more`] : breaches
    expect(told, `KTOOL_CHURN_SEED=${SEED}\n${run.history.join('\n')}`).toEqual([])
  }

  test('the producer could write everything', () => {
    expect(everythingWasWritten).toBe(true)
    expect(acknowledged.length).toBeGreaterThan((SECONDS * RECORDS_PER_SECOND) / 2)
  })

  test('no member that is left is stuck', () => expectNone(stuck))

  test.each(GROUPS)('every acknowledged record was delivered to the %s group', (group) => {
    expectNone([...unread.get(group)!])
  })

  test.each(GROUPS)('committed offsets of the %s group never went back', (group) => {
    const commits = ofGroup(log.commits, group)
    expect(new Set(commits.map(({ partition }) => partition)).size).toBe(PARTITIONS)
    expectNone(offsetsThatWentBack(commits))
  })

  test('no partition had two owners in a generation of the classic group', () => {
    const generations = ofGroup(log.generations, 'classic')
    expect(generations.length).toBeGreaterThan(SECONDS / 15)
    expectNone(sharedInGeneration(generations))
  })

  test('members of the classic group were told what the log says', () => {
    const told = CLASSIC.flatMap((slot) => run.printed(slot).assignments)
    expect(told.length).toBeGreaterThan(SECONDS / 4)
    expectNone(toldOtherwise(ofGroup(log.generations, 'classic'), told))
  })

  test('no partition had two owners in the consumer group at any time', () => {
    const ownerships = ofGroup(log.ownerships, 'consumer')
    expect(ownerships.length).toBeGreaterThan(SECONDS / 2)
    expectNone(sharedAmongMembers(ownerships))
  })
})

const placeText = ({
  number,
  partition,
  offset,
}: {
  number: number
  partition: number
  offset: number
}): string => `${number} at ${partition}:${offset}`

/** Waits until something is so, and no longer than the limit. */
async function until(limitMs: number, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!isSo() && Date.now() < deadline) await sleep(500)
}
