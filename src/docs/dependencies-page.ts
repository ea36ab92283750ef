import { z } from 'zod'

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
})

interface Dependency {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** What the program needs at run time, by the text of package-lock.json, in the order of names. */
export function productionDependencies(lock: string): readonly Dependency[] {
  const { packages } = lockSchema.parse(JSON.parse(lock))
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license = 'not stated' }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
    }))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}

/** The page of licences. */
export function renderDependenciesPage(lock: string): string {
  const all = productionDependencies(lock)
  const licenses = [...new Set(all.map(({ license }) => license))].sort()
  return `${[
    '# Dependencies',
    '',
    '<!-- Generated from package-lock.json by `npm run generate`. -->',
    '',
    `The ${all.length} packages that the program needs at run time, and no other is in the image: ${licenses
      .map((name) => `${all.filter(({ license }) => license === name).length} × ${name}`)
      .join(
        ', ',
      )}. Their texts lie beside them in \`node_modules\`; \`sbom.cdx.json\` in the image is the bill of materials (CycloneDX). Known vulnerabilities: \`npm audit --omit=dev\`, with a registry that answers it; where these pages are made it does not (405), so CI does not ask.`,
    '',
    '| package | version | licence |',
    '|---|---|---|',
    ...all.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
  ].join('\n')}\n`
}
