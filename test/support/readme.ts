// The parts of the README that follow from the source: tools, APIs, differences from Kafka.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HANDLERS } from '../../src/broker/handlers.ts'
import { TOOLS } from '../../src/cli/registry.ts'

const SOURCE = resolve(import.meta.dirname, '../../src')

export const README = resolve(import.meta.dirname, '../../README.md')

/** What stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
export const PARTS: Readonly<Record<string, () => string>> = {
  tools: () =>
    table(
      ['tool', 'stands for', 'what it does'],
      TOOLS.map(({ name, alias, mirrors, script, summary }) => [
        [`[\`${name}\`](docs/tools/${name}.md)`, ...(alias ? [`\`${alias}\``] : [])].join(', '),
        (mirrors ?? script) ? `\`${mirrors ?? script}\`` : '',
        summary,
      ]),
    ),
  apis: () =>
    table(
      ['key', 'API', 'versions'],
      [...HANDLERS.values()]
        .map(({ api }) => api)
        .sort((one, other) => one.key - other.key)
        .map(({ key, name, minVersion, maxVersion }) => [
          String(key),
          name,
          minVersion === maxVersion ? String(minVersion) : `${minVersion}–${maxVersion}`,
        ]),
    ),
  differs: () =>
    sourceFiles()
      .flatMap((path) => differencesIn(path).map((text) => `- \`${path}\`: ${text}`))
      .join('\n'),
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const sourceFiles = (): string[] =>
  readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()

/** The text of each comment from `Differs:` to the end of the comment. */
function differencesIn(path: string): string[] {
  const lines = readFileSync(join(SOURCE, path), 'utf8').split('\n')
  return lines.flatMap((line, index) => {
    const start = /(?:\/\/|\*)\s*Differs: (.*)$/.exec(line)
    if (!start) return []
    const more = []
    for (const next of lines.slice(index + 1)) {
      const text = /^\s*(?:\/\/|\*(?!\/))\s*(.*)$/.exec(next)?.[1]
      if (text === undefined || line.includes('*/')) break
      more.push(text)
    }
    const text = [start[1]!, ...more]
      .join(' ')
      .replace(/\s*\*\/.*$/, '')
      .trim()
    return [text[0]!.toUpperCase() + text.slice(1)]
  })
}

/** The README with every part as it should be. */
export function withParts(readme: string): string {
  return Object.entries(PARTS).reduce((text, [name, part]) => {
    const marks = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
    if (!marks.test(text)) throw new Error(`the README has no place for ${name}`)
    return text.replace(marks, (_, from: string, to: string) => `${from}${part()}\n${to}`)
  }, readme)
}
