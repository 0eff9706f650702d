// `npm run tour`: what ktool does, in half a minute of reading and a second of running. Another file may be named:
// `npm run tour -- FILE`. Every line that starts with `$` is a command that is run as it stands.
import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const ktool = join(root, 'bin/ktool.js')
const folder = mkdtempSync(join(tmpdir(), 'ktool-tour-'))
const file = process.argv[2] ? resolve(process.argv[2]) : aRealFile()

let server
try {
  await tour()
} catch (error) {
  console.error(`\nThe tour failed: ${error.message}`)
  process.exitCode = 1
} finally {
  await stopBroker()
  rmSync(folder, { recursive: true, force: true })
}

async function tour() {
  const bytes = readFileSync(file)
  const lines = countLines(bytes)
  console.log(`The file: ${relative(process.cwd(), file)}, ${lines} lines, ${megabytes(bytes.length)}\n`)

  const { bootstrapServers, seconds } = await startBroker()
  console.log(`  a broker at ${bootstrapServers} ${took(seconds)}\n`)
  const at = ['-b', bootstrapServers]

  console.log(`  ${await run('topics', ...at, '--create', '--topic', 'tour', '--partitions', '1')}\n`)

  const copy = join(folder, 'copy')
  const written = await timed(() => pipe(['console-producer', ...at, '-t', 'tour'], file, '/dev/null'))
  console.log(`  ${lines} records written ${took(written, lines, bytes.length)}\n`)

  const limits = ['--from-beginning', '--max-messages', String(lines)]
  const read = await timed(() =>
    pipe(['console-consumer', ...at, '-t', 'tour', ...limits], '/dev/null', copy),
  )
  console.log(`  ${lines} records read ${took(read, lines, bytes.length)}\n`)

  console.log(`  ${await run('get-offsets', ...at, '--topic', 'tour')}   (topic, partition, next offset)\n`)

  const isSame = bytes.equals(readFileSync(copy))
  if (!isSame) throw new Error('what was read is not what was written')
  console.log('The copy is equal to the file, byte for byte.')
}

/** A large text that any installation has. */
function aRealFile() {
  const packages = join(root, 'node_modules/@typescript')
  const found = readdirSync(packages)
    .map((name) => join(packages, name, 'lib/lib.dom.d.ts'))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
  return found ?? join(root, 'package-lock.json')
}

/** What is typed, as the reader would type it. */
function show(args, more = '') {
  console.log(`$ ktool ${args.join(' ')}${more}`)
}

function startBroker() {
  const args = ['serve', '--port', '0', '--data-dir', join(folder, 'data')]
  show(args, ' &')
  const started = performance.now()
  server = spawn(process.execPath, [ktool, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  return new Promise((resolve, reject) => {
    server.on('exit', (code) => reject(new Error(`the broker ended with ${code}`)))
    server.stdout.once('data', (line) => {
      const { bootstrapServers } = JSON.parse(line)
      resolve({ bootstrapServers, seconds: (performance.now() - started) / 1000 })
    })
  })
}

/** The broker writes down where it is before it ends; the folder is its own until then. */
function stopBroker() {
  if (!server || server.exitCode !== null) return
  server.removeAllListeners('exit')
  return new Promise((resolve) => {
    server.once('exit', resolve)
    server.kill('SIGTERM')
  })
}

/** Runs a tool; gives what it printed. */
async function run(...args) {
  show(args)
  const child = spawn(process.execPath, [ktool, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  await success(child, args)
  return printed.trim()
}

/** Runs a tool with files as its input and output. */
async function pipe(args, input, output) {
  const redirect = input === '/dev/null' ? ` > ${output}` : ` < ${relative(process.cwd(), input)}`
  show(args, redirect)
  const stdio = [openSync(input, 'r'), openSync(output, 'w'), 'ignore']
  await success(spawn(process.execPath, [ktool, ...args], { stdio }), args)
}

function success(child, [tool]) {
  return new Promise((resolve, reject) => {
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${tool} ended with ${code}`))))
  })
}

async function timed(action) {
  const started = performance.now()
  await action()
  return (performance.now() - started) / 1000
}

function took(seconds, records, bytes) {
  const time = `in ${seconds.toFixed(2)} s`
  if (records === undefined) return time
  const perSecond = Math.round(records / seconds).toLocaleString('en')
  return `${time}: ${perSecond} records/s, ${megabytes(bytes / seconds)}/s, start of the tool included`
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

function countLines(bytes) {
  let lines = 0
  for (const byte of bytes) if (byte === 10) lines++
  return lines + (bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0)
}
