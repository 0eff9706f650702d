import { expect, test } from 'vitest'
import { isUnderNohup } from '../../src/cli/nohup.ts'

const STATUS = (ignored: string) =>
  `Name:\tbash\nSigBlk:\t0000000000000000\nSigIgn:\t${ignored}\nSigCgt:\t0\n`
const INPUT = (flags: string) => `pos:\t0\nflags:\t${flags}\nmnt_id:\t24\n`

const started = (env: Record<string, string>, files: Record<string, string>) =>
  isUnderNohup({ env, ppid: 7, readText: (path) => files[path] ?? null })

test.each([
  ['the shell says so', { _: '/usr/bin/nohup' }, {}, true],
  ['the shell names the program', { _: '/usr/bin/ktool' }, {}, false],
  ['the input cannot be read', {}, { '/proc/self/fdinfo/0': INPUT('0100001') }, true],
  ['the input can be read', {}, { '/proc/self/fdinfo/0': INPUT('0100000') }, false],
  ['the input is a terminal', {}, { '/proc/self/fdinfo/0': INPUT('0100002') }, false],
  ['the parent ignores SIGHUP', {}, { '/proc/7/status': STATUS('0000000000000007') }, true],
  ['the parent ignores SIGINT', {}, { '/proc/7/status': STATUS('0000000000000006') }, false],
  ['nothing is known', {}, {}, false],
])('%s', (_, env, files, expected) => {
  expect(started(env, files)).toBe(expected)
})
