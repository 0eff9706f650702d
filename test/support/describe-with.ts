// Tests that need a program which is not there are left out, and test/run.js says so at its end;
// KTOOL_REQUIRE_OUTSIDE=1 makes that an error.
import { describe } from 'vitest'
import { OUTSIDE, type Outside } from './outside.ts'

/** `describe` for tests that need programs of others. */
export function describeWith(needed: readonly Outside[], title: string, body: () => void): void {
  const missing = needed.filter((name) => OUTSIDE[name] === null)
  if (missing.length === 0) {
    describe(title, body)
    return
  }
  if (process.env.KTOOL_REQUIRE_OUTSIDE === '1') throw new Error(`${title}: ${missing.join(', ')} missing`)
  // test/run.js reads the names in brackets.
  describe.skip(`${title} [needs ${missing.join(' ')}]`, body)
}
