/** Whether a text holds anything that makes it a pattern. */
export const isGlob = (text: string): boolean => /[*?[{]/.test(text)

/** A test whether a whole name matches one of the patterns: `*`, `?`, `[a-z]`, `{orders,payments}`. */
export function globMatcher(patterns: readonly string[]): (name: string) => boolean {
  const regexes = patterns.map((pattern) => new RegExp(`^(?:${globSource(pattern)})$`, 's'))
  return (name) => regexes.some((regex) => regex.test(name))
}

function globSource(pattern: string): string {
  let depth = 0
  return (
    pattern.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
      if (part.length > 1) return part.replace('[!', '[^').replaceAll('\\', '\\\\')
      if (part === '*') return '.*'
      if (part === '?') return '.'
      if (part === '{') {
        depth++
        return '(?:'
      }
      if (part === '}' && depth > 0) {
        depth--
        return ')'
      }
      if (part === ',' && depth > 0) return '|'
      return part.replace(/[\\^$.+()[\]{}|/-]/, '\\$&')
    }) + ')'.repeat(depth)
  )
}
