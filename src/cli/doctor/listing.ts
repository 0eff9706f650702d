import type { Listing } from '../output/listing.ts'
import type { Finding } from './finding.ts'

/** The lines of one finding: how it is, and what helps. */
export function findingText({ step, subject, isOk, found, remedy }: Finding): string {
  const line = `${isOk ? 'ok  ' : 'FAIL'}  ${step.padEnd(13)}  ${subject}: ${found}\n`
  return remedy === null ? line : `${line}      ${' '.repeat(13)}  → ${remedy}\n`
}

export function doctorListing(findings: readonly Finding[]): Listing {
  return {
    text: () => findings.map(findingText).join(''),
    items: findings.map(({ step, subject, isOk, found, remedy }) => ({ step, subject, isOk, found, remedy })),
    columns: ['step', 'subject', 'isOk', 'found', 'remedy'],
    names: () => [...new Set(findings.filter(({ isOk }) => !isOk).map(({ step }) => step))],
  }
}
