import { X509Certificate } from 'node:crypto'

const BLOCK = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

/** The certificates of a PEM text in its order; none when a block of it is no certificate, or when it has no block. */
export function certificatesOf(pem: string): X509Certificate[] {
  try {
    return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block))
  } catch {
    // The only way to ask is to try.
    return []
  }
}
