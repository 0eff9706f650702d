import forge from 'node-forge'
import type { Secret } from './secret.ts'
import { type StoreContents, StoreError } from './store-contents.ts'

const { asn1, pkcs12, pki } = forge

/** A PKCS12 file of any age. */
export function readWithForge(bytes: Buffer, password: Secret | undefined): StoreContents {
  let bags: forge.pkcs12.Bag[]
  try {
    const parsed = asn1.fromDer(bytes.toString('latin1'))
    bags = pkcs12.pkcs12FromAsn1(parsed, password?.reveal()).safeContents.flatMap(({ safeBags }) => safeBags)
  } catch {
    // What forge says of it may quote the file.
    throw new StoreError(
      password === undefined
        ? 'it cannot be read without a password'
        : 'the password is wrong, or it is no PKCS12 file',
    )
  }
  const certificates = bags
    .filter(({ type }) => type === pki.oids.certBag)
    .map(({ cert, asn1: unread }) => der(cert ? pki.certificateToAsn1(cert) : unread))
  const keys = bags
    .filter(({ type }) => type === pki.oids.pkcs8ShroudedKeyBag || type === pki.oids.keyBag)
    .map(({ key, asn1: unread }) => ({
      pkcs8: der(key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(key)) : unread),
      certificates,
    }))
  return { certificates, keys }
}

const der = (value: forge.asn1.Asn1): Buffer => Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
