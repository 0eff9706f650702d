// `npm test`: builds, runs the groups one after the other, and closes with the line `N passed, N failed`.
//   node test/run.js            all groups
//   node test/run.js unit fuzz  these
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const GROUPS = ['unit', 'process', 'crash', 'fuzz', 'interop', 'churn', 'parity']

/** How to get the programs that some groups need (test/support/outside.ts finds them). */
const REMEDIES = {
  kcat: 'kcat: `apt-get install kcat`',
  promtool: 'promtool: `apt-get install prometheus`',
  bash: 'bash: `apt-get install bash`',
  zsh: 'zsh: `apt-get install zsh`',
  fish: 'fish: `apt-get install fish`',
  python:
    'Python clients: `python3 -m venv .venv && .venv/bin/pip install kafka-python confluent-kafka lz4 zstandard python-snappy`',
  apacheKafka: 'Apache Kafka 4.3.1: a script that runs it, named by KTOOL_APACHE_KAFKA',
  parity: 'the transcripts of Apache Kafka’s tools: KTOOL_PARITY names the program that plays them',
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !GROUPS.includes(name))
if (unknown.length > 0) {
  console.error(`no group '${unknown[0]}'; there are ${GROUPS.join(', ')}`)
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'ktool-run-'))
const totals = { passed: 0, failed: 0 }
/** Missing program → groups of tests that were left out. */
const leftOut = new Map()

// The tests of processes run what is built.
build()
for (const group of GROUPS) {
  if (wanted.length === 0 || wanted.includes(group)) runGroup(group)
}
rmSync(scratch, { recursive: true, force: true })
report()

function runGroup(group) {
  console.log(`\n== ${group}`)
  const file = join(scratch, `${group}.json`)
  const status = run('vitest', [
    'run',
    '--project',
    group,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ])
  let results = { numPassedTests: 0, numFailedTests: 0, testResults: [] }
  try {
    results = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Nothing was run; the exit status says whether that is a failure.
  }
  totals.passed += results.numPassedTests
  // A file that cannot be loaded fails without a test of its own.
  totals.failed += Math.max(results.numFailedTests, status === 0 ? 0 : 1)
  for (const suite of results.testResults) noteLeftOut(suite)
}

function noteLeftOut(suite) {
  for (const test of suite.assertionResults) {
    if (test.status === 'passed' || test.status === 'failed') continue
    const missing = /\[needs ([\w ]+)\]/.exec(test.fullName)?.[1] ?? 'something not named'
    const place = relative(ROOT, suite.name)
    leftOut.set(missing, (leftOut.get(missing) ?? new Set()).add(place))
  }
}

function build() {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(1)
}

function run(program, args) {
  const script = join(ROOT, 'node_modules/.bin', program)
  return spawnSync(script, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status
}

function report() {
  for (const [missing, places] of leftOut) {
    console.log(`\nleft out: ${[...places].join(', ')}`)
    for (const name of missing.split(' ')) console.log(`  needs ${REMEDIES[name] ?? name}`)
  }
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`)
  process.exit(totals.failed === 0 ? 0 : 1)
}
