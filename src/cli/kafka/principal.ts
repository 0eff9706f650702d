import { BadValue } from '../option-spec.ts'

/** Who asks, as an authorizer knows it: `User:alice`. */
export interface Principal {
  readonly principalType: string
  readonly principalName: string
}

/** `User:alice`; the name may hold colons itself. */
export function parsePrincipal(text: string): Principal {
  const [, principalType, principalName] = /^\s*([^:]*):(.*?)\s*$/s.exec(text) ?? []
  if (principalType === undefined || principalName === undefined) {
    throw new BadValue(`expected a string in format principalType:principalName but got ${text.trim()}`, {
      isWhole: true,
    })
  }
  return { principalType, principalName }
}

export const principalText = ({ principalType, principalName }: Principal): string =>
  `${principalType}:${principalName}`
