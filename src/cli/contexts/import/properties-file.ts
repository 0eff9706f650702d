import { parseProperties } from '../../properties/java-properties.ts'
import { ContextBuilder, type ImportedFile, type SourceFile } from './imported.ts'

/** The one cluster of a Java client's properties, as they are. */
export function importProperties({ text, folders, path, fallbackName }: SourceFile): ImportedFile {
  const builder = new ContextBuilder(folders)
  const { 'bootstrap.servers': servers, ...rest } = Object.fromEntries(parseProperties(text, path))
  for (const [name, value] of Object.entries(rest)) {
    const isStore = /^ssl\.(?:key|trust)store\.location$/.test(name)
    builder.properties[name] = isStore && value !== '' ? builder.path(value) : value
  }
  return { contexts: [builder.build(fallbackName, servers || null)] }
}
