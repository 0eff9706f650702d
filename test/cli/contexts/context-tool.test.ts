import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { runTool } from '../../support/run-tool.ts'

let home: string
let cwd: string
let userFile: string
let projectFile: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ktool-context-'))
  cwd = join(home, 'project')
  userFile = join(home, '.config', 'ktool', 'config.json')
  projectFile = join(cwd, '.ktool.json')
  mkdirSync(cwd)
  onTestFinished(() => rmSync(home, { recursive: true }))
})

const run = (args: string | readonly string[], env: Record<string, string> = {}) =>
  runTool(['context', ...(typeof args === 'string' ? args.split(' ') : args)], undefined, {
    cwd,
    env: { HOME: home, ...env },
  })

async function done(args: string | readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await run(args)
  expect({ exit, stderr }).toMatchObject({ exit: 0 })
  return stdout + stderr
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

describe('add', () => {
  test('writes a file that only its owner reads', async () => {
    write(join(cwd, 'client.properties'), 'client.id=c\n')
    expect(await done('add dev -b a:9092,b:9092 --property linger.ms=5 --read-only --description mine')).toBe(
      'Added context dev.\n',
    )
    await done('add other -b c:9092 --config-file client.properties')
    expect(read(userFile)).toEqual({
      contexts: {
        dev: {
          bootstrapServers: 'a:9092,b:9092',
          description: 'mine',
          properties: { 'linger.ms': '5' },
          readOnly: true,
        },
        other: { bootstrapServers: 'c:9092', propertiesFile: join(cwd, 'client.properties') },
      },
    })
    expect(statSync(userFile).mode & 0o777).toBe(0o600)
    expect(existsSync(`${userFile}.lock`)).toBe(false)
  })

  test('takes the address of a properties file, and wants one', async () => {
    write(join(cwd, 'full.properties'), 'bootstrap.servers=a:9092\n')
    await done('add full --config-file full.properties')
    expect(await run('add nothing')).toMatchObject({
      exit: 2,
      stderr:
        "context 'nothing' would have no address\nhint: give --bootstrap-server, or a --config-file with bootstrap.servers\n",
    })
    expect(await run('add wrong -b no-port')).toMatchObject({ exit: 2 })
    expect(await run('add missing --config-file none.properties')).toMatchObject({ exit: 1 })
    expect(Object.keys(read(userFile).contexts)).toEqual(['full'])
  })

  test('replaces only when told to', async () => {
    await done('add dev -b a:9092 --property linger.ms=5')
    const { exit, stderr } = await run('add dev -b b:9092')
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr:
        "context 'dev' is there already\nhint: ktool context update dev changes it, --force replaces it\n",
    })
    await done('add dev -b b:9092 --force')
    expect(read(userFile).contexts.dev).toEqual({ bootstrapServers: 'b:9092' })
  })

  test.each(['-', '-x', 'a b', ''])('refuses the name %j', async (name) => {
    expect(await run(['add', `--name=${name}`, '-b', 'a:9092'])).toMatchObject({ exit: 2 })
    expect(existsSync(userFile)).toBe(false)
  })

  test('for a project names a file relative to it, and warns of secrets', async () => {
    write(join(cwd, 'conf', 'client.properties'), 'client.id=c\n')
    await done('add dev -b a:9092 --config-file conf/client.properties --project')
    expect(read(projectFile)).toEqual({
      contexts: { dev: { bootstrapServers: 'a:9092', propertiesFile: 'conf/client.properties' } },
    })
    const said = await done(['add', 'x', '-b', 'a:1', '--property', 'sasl.jaas.config=hush', '--project'])
    expect(said).toContain(`warning: ${projectFile} holds secrets now (sasl.jaas.config)`)
    expect(said).not.toContain('hush')
    write(join(home, 'outside.properties'), 'client.id=c\n')
    expect(await run('add y -b a:1 --config-file ../outside.properties --project')).toMatchObject({ exit: 1 })
  })
})

describe('files', () => {
  test('keep the fields that nobody knows, of a context, too', async () => {
    write(
      userFile,
      '{"future":[1],"contexts":{"dev":{"bootstrapServers":"a:1","color":"red"},"x":{"bootstrapServers":"b:1","y":{}}}}',
    )
    await done('update dev --property client.id=c')
    await done('use dev')
    expect(read(userFile)).toEqual({
      current: 'dev',
      future: [1],
      contexts: {
        dev: { bootstrapServers: 'a:1', properties: { 'client.id': 'c' }, color: 'red' },
        x: { bootstrapServers: 'b:1', y: {} },
      },
    })
  })

  test('that are broken are told by the place, and left as they are', async () => {
    const broken = '{"contexts": {\n  "dev": {"bootstrapServers": "a:1",}\n}}'
    write(userFile, broken)
    for (const args of [
      'list',
      'show dev',
      'use dev',
      'add x -b a:1',
      'remove dev',
      'update dev --read-only',
    ]) {
      const { exit, stderr } = await run(args)
      expect({ exit, stderr }).toEqual({
        exit: 1,
        stderr: `'${userFile}' is not JSON at line 2, column 37\n`,
      })
    }
    expect(readFileSync(userFile, 'utf8')).toBe(broken)
    expect(existsSync(`${userFile}.lock`)).toBe(false)
  })

  test('that are links stay links', async () => {
    const real = join(home, 'dotfiles', 'ktool.json')
    write(real, '{}')
    mkdirSync(dirname(userFile), { recursive: true })
    symlinkSync(real, userFile)
    await done('add dev -b a:1')
    expect(lstatSync(userFile).isSymbolicLink()).toBe(true)
    expect(Object.keys(read(real).contexts)).toEqual(['dev'])
  })

  test('are written by one at a time, so that nothing is lost', async () => {
    const names = Array.from({ length: 10 }, (_, at) => `c${at}`)
    await Promise.all(names.map((name) => done(`add ${name} -b ${name}:1`)))
    expect(Object.keys(read(userFile).contexts).sort()).toEqual(names)
  })

  test('that somebody else is writing are waited for, and not for ever', async () => {
    write(`${userFile}.lock`, '')
    const { exit, stderr } = await run('add dev -b a:1')
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: `'${userFile}.lock' is there already\nhint: another ktool is writing it; if one was killed, remove that file\n`,
    })
    expect(existsSync(`${userFile}.lock`)).toBe(true)
  })

  test('need a home', async () => {
    expect(await run('add dev -b a:1', { HOME: '' })).toMatchObject({
      exit: 1,
      stderr: 'neither XDG_CONFIG_HOME nor HOME says where contexts are kept\n',
    })
  })
})

test('update changes what is given and leaves the rest', async () => {
  await done('add dev -b a:1 --property a=1 --property b=2 --read-only')
  await done('update dev -b z:1 --property b=3 --property c=4 --remove-property a --writable --description d')
  expect(read(userFile).contexts.dev).toEqual({
    bootstrapServers: 'z:1',
    properties: { b: '3', c: '4' },
    description: 'd',
  })
  expect(await run('update dev --remove-property zzz')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("context 'dev' has no property 'zzz'"),
  })
  expect(await run('update dev --read-only --writable')).toMatchObject({ exit: 2 })
  expect(await run('update devv -b a:1')).toMatchObject({
    exit: 2,
    stderr: "there is no context 'devv'\nhint: did you mean dev?\n",
  })
})

describe('use', () => {
  test('makes a context the current one, or none', async () => {
    await done('add dev -b a:1')
    expect(await done('use dev')).toBe('Context dev is current.\n')
    expect(read(userFile).current).toBe('dev')
    expect(await done('use -')).toBe('No context is current.\n')
    expect(read(userFile)).not.toHaveProperty('current')
    expect(await run('use devv')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('did you mean dev?'),
    })
  })

  test('tells when a project or the environment makes another one current', async () => {
    await done('add dev -b a:1')
    await done('add local -b b:1 --project')
    await done('use local --project')
    expect(await done('use dev')).toBe(
      `Context dev is current.\nhere ${projectFile} makes 'local' the current one\n`,
    )
    const { stderr } = await run('use dev', { KTOOL_CONTEXT: 'local' })
    expect(stderr).toBe("here KTOOL_CONTEXT makes 'local' the current one\n")
    await done('use - --project')
    expect(read(projectFile).current).toBe('-')
    expect(await run('show')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('no context is current'),
    })
  })
})

describe('remove', () => {
  test('forgets a context, also as the current one', async () => {
    await done('add dev -b a:1')
    await done('add other -b b:1')
    await done('use dev')
    expect(await done('remove dev')).toBe('Removed context dev.\nit was the current one; now there is none\n')
    expect(read(userFile)).toEqual({ contexts: { other: { bootstrapServers: 'b:1' } } })
    expect(await run('remove dev')).toMatchObject({ exit: 2 })
  })

  test('says in which file the context is', async () => {
    await done('add local -b b:1 --project')
    expect(await run('remove local')).toMatchObject({
      exit: 2,
      stderr: `context 'local' is in ${projectFile}\nhint: name it with --project\n`,
    })
    await done('remove local --project')
    expect(read(projectFile)).toEqual({ contexts: {} })
  })
})

describe('list and show', () => {
  const SECRET = 'org.example.Module required username="me" password="hush";'

  beforeEach(async () => {
    await done(['add', 'prod', '-b', 'p:9093', '--property', `sasl.jaas.config=${SECRET}`, '--read-only'])
    await done('add dev -b d:9092')
    await done('add local -b l:9092 --project --description here')
    await done('use prod')
  })

  test('list marks the current one, and says what makes it that', async () => {
    expect(await done('list')).toBe(
      [
        '  NAME  BOOTSTRAP-SERVERS READ-ONLY DESCRIPTION FILE',
        `  dev   d:9092            no        -           ${userFile}`,
        `  local l:9092            no        here        ${projectFile}`,
        `* prod  p:9093            yes       -           ${userFile}`,
        '',
        `* is the current one, by ${userFile}`,
        '',
      ].join('\n'),
    )
    expect(await done('list -o name')).toBe('dev\nlocal\nprod\n')
    const { stdout } = await run('list -o jsonl', { KTOOL_CONTEXT: 'local' })
    expect(stdout.split('\n').filter((line) => line.includes('"chosenBy":"KTOOL_CONTEXT"'))).toEqual([
      expect.stringContaining('"name":"local"'),
    ])
  })

  test('list goes on where the current one is missing, and without any context', async () => {
    expect(await run('list -o name', { KTOOL_CONTEXT: 'gone' })).toEqual({
      exit: 0,
      stdout: 'dev\nlocal\nprod\n',
      stderr: "warning: there is no context 'gone', which KTOOL_CONTEXT names\n",
    })
    rmSync(userFile)
    rmSync(projectFile)
    expect(await run('list')).toEqual({
      exit: 0,
      stdout: '',
      stderr: 'there are no contexts; ktool context add --help tells how to make one\n',
    })
  })

  test('show tells all but the secrets', async () => {
    expect(await done('show')).toBe(
      [
        'name: prod',
        'bootstrapServers: p:9093',
        'readOnly: true',
        `file: ${userFile}`,
        `chosenBy: ${userFile}`,
        'properties:',
        '  sasl.jaas.config=[hidden]',
        '  bootstrap.servers=p:9093',
        '',
      ].join('\n'),
    )
    expect(JSON.parse(await done('show dev -o json'))).toMatchObject([{ name: 'dev', chosenBy: null }])
  })

  test('no format, no failure and no --debug shows a secret', async () => {
    for (const format of ['text', 'table', 'json', 'jsonl', 'csv', 'name']) {
      for (const args of [`show prod -o ${format}`, `list -o ${format}`]) {
        const { stdout, stderr } = await run(`${args} --debug`)
        expect(stdout).not.toBe('')
        expect(stdout + stderr).not.toContain('hush')
      }
    }
    write(projectFile, `{"contexts":{"x":{"properties":{"password":["hush"]}}}}`)
    const { exit, stderr } = await run('list --debug')
    expect(exit).toBe(1)
    expect(stderr).not.toContain('hush')
  })

  test('a properties file is read when the context is used', async () => {
    write(
      join(cwd, 'c.properties'),
      'bootstrap.servers=f:1\nssl.key.password=hush\nssl.truststore.location=ca.pem\n',
    )
    await done('add filed --config-file c.properties')
    const { properties } = JSON.parse(await done('show filed -o json'))[0]
    expect(properties).toEqual({
      'bootstrap.servers': 'f:1',
      'ssl.key.password': '[hidden]',
      'ssl.truststore.location': join(cwd, 'ca.pem'),
    })
    rmSync(join(cwd, 'c.properties'))
    expect(await run('show filed')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('c.properties'),
    })
  })
})

test('a dry run changes nothing', async () => {
  await done('add dev -b a:1')
  const before = readFileSync(userFile, 'utf8')
  write(join(cwd, 'kcat.conf'), 'bootstrap.servers=a:1\n')
  for (const args of [
    'add x -b a:1',
    'update dev -b b:1',
    'use dev',
    'use -',
    'remove dev',
    'import kcat.conf',
    'add x -b a:1 --project',
  ]) {
    const { exit, stdout, stderr } = await run(`${args} --dry-run`)
    expect(exit).toBe(0)
    expect(stdout + stderr).toMatch(/would/i)
  }
  expect(readFileSync(userFile, 'utf8')).toBe(before)
  expect(existsSync(projectFile)).toBe(false)
})

describe('import', () => {
  const RPK = `current_profile: prod
profiles:
  - { name: dev, kafka_api: { brokers: ["a:1"] } }
  - name: my prod
    kafka_api: { brokers: ["b:1"], sasl: { user: u, password: hush, mechanism: PLAIN } }
    admin_api: { addresses: ["b:2"] }
  - { name: empty }
`

  test('takes all contexts, leaves those that are there, and tells what is missing', async () => {
    write(join(cwd, 'rpk.yaml'), RPK)
    await done('add dev -b mine:1')
    const { exit, stdout, stderr } = await run('import rpk.yaml')
    expect({ exit, stdout, stderr }).toEqual({
      exit: 1,
      stdout: 'Imported context my-prod (b:1).\n',
      stderr: [
        'context dev was not imported: there is a context of that name; --force replaces it\n',
        'context my-prod goes without: admin_api\n',
        'context empty was not imported: it names no brokers\n',
      ].join(''),
    })
    expect(read(userFile).contexts).toMatchObject({
      dev: { bootstrapServers: 'mine:1' },
      'my-prod': { properties: { 'security.protocol': 'SASL_PLAINTEXT' } },
    })
    const forced = await run('import rpk.yaml --force -o json --debug')
    expect(JSON.parse(forced.stdout)).toMatchObject([
      { name: 'dev', bootstrapServers: 'a:1', isImported: true, leftOut: [], error: null },
      { name: 'my-prod', isImported: true, leftOut: ['admin_api'] },
      { name: 'empty', bootstrapServers: null, isImported: false },
    ])
    expect(forced.stdout + forced.stderr).not.toContain('hush')
    expect(read(userFile).contexts.dev.bootstrapServers).toBe('a:1')
  })

  test('a context that is replaced stays read-only', async () => {
    write(join(cwd, 'my.properties'), 'bootstrap.servers=a:1\n')
    await done('add my -b b:1 --read-only')
    await done('import my.properties --name my --force')
    expect(read(userFile).contexts.my).toMatchObject({ bootstrapServers: 'a:1', readOnly: true })
  })

  test('names the context of a file with one, and no others', async () => {
    write(join(cwd, 'my.properties'), 'bootstrap.servers=a:1\n')
    await done('import my.properties')
    await done('import my.properties --name other')
    await done('import my.properties --name third --format kcat --project')
    expect(Object.keys(read(userFile).contexts)).toEqual(['my', 'other'])
    expect(Object.keys(read(projectFile).contexts)).toEqual(['third'])
    write(join(cwd, 'rpk.yaml'), RPK)
    expect(await run('import rpk.yaml --name x')).toMatchObject({ exit: 2 })
    expect(await run('import rpk.yaml --format kfa')).toMatchObject({ exit: 2 })
    expect(await run('import nothing.yaml')).toMatchObject({
      exit: 1,
      stderr: "there is no file 'nothing.yaml'\n",
    })
  })

  test('tells how to use what the other program uses', async () => {
    write(join(cwd, 'rpk.yaml'), RPK.replace('current_profile: prod', 'current_profile: dev'))
    expect((await run('import rpk.yaml')).stderr).toContain(
      'ktool context use dev makes it the current one here, too\n',
    )
  })
})
