import type { Clock } from './clock.ts'
import type { PartitionLog } from './partition-log.ts'
import { type Finding, type FindingKind, PartitionReport, type Report } from './recovery-report.ts'
import type { RecoverySummary } from './recovery-summary.ts'

/** The findings of a data folder: passed on one by one, and summed up while its logs are opened. */
export class FolderReport {
  readonly #clock: Clock
  readonly #report: Report
  /** Null once the logs are open. */
  #findings: Finding[] | null = []

  constructor(clock: Clock, report: Report = () => {}) {
    this.#clock = clock
    this.#report = report
  }

  readonly add: Report = (finding) => {
    this.#findings?.push(finding)
    this.#report(finding)
  }

  /** Whether the logs that were there before are open. */
  get isOpen(): boolean {
    return this.#findings === null
  }

  partition(topic: string, partition: number): PartitionReport {
    return new PartitionReport(topic, partition, this.#clock, this.add)
  }

  /** Ends the opening of logs, and sums up what it found. */
  endOpening(wasClean: boolean, logs: readonly PartitionLog[]): RecoverySummary {
    const findings = this.#findings ?? []
    this.#findings = null
    const partitions = logs.filter((log) => log.opening.wasRecovered).length
    return summarize(findings, { wasClean, partitions })
  }
}

function summarize(
  findings: readonly Finding[],
  { wasClean, partitions }: { wasClean: boolean; partitions: number },
): RecoverySummary {
  const of = (...kinds: FindingKind[]) => findings.filter(({ kind }) => kinds.includes(kind))
  const sum = (found: Finding[], field: 'records' | 'bytes') =>
    found.reduce((total, finding) => total + (finding[field] ?? 0), 0)
  return {
    wasClean,
    partitions,
    truncatedRecords: sum(of('cut', 'removed'), 'records'),
    truncatedBytes: sum(of('cut', 'removed'), 'bytes'),
    removedSegments: of('removed').length,
    rebuiltFiles: of('rebuilt').length,
    missingRecords: sum(of('missing'), 'records'),
    openTransactions: of('open-transaction').length,
    unavailablePartitions: of('unavailable').length,
  }
}
