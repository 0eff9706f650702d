// Packages whose work is done by a binary, which they have for the usual platforms only. Elsewhere a portable
// implementation takes over: slower, with the same results.

import { createRequire } from 'node:module'

type Report = (packageName: string, reason: string) => void

const load = createRequire(import.meta.url)
const missing = new Map<string, string>()
const reports: Report[] = []

/** Loads the package; undefined, which is reported, where it has no binary for this platform. */
export function loadNative<Package>(name: string): Package | undefined {
  try {
    return load(name) as Package
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    missing.set(name, reason)
    for (const report of reports) report(name, reason)
    return undefined
  }
}

/** Calls back for each package whose binary is missing, those that were asked for before included. */
export function onMissingBinary(report: Report): void {
  for (const [name, reason] of missing) report(name, reason)
  reports.push(report)
}
