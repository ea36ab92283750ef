// Puts what the image holds into a new folder, and nothing else: `npm run build && node scripts/assemble-image.mjs FOLDER`.
// The Dockerfile copies that folder, and a suite runs it, so what is tested is what is shipped.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILES = ['LICENSE', 'bin']
/** What only writes files of this project, and what only debuggers read. */
const NOT_SHIPPED = [/^dist\/(docs|dashboards)(\/|$)/, /\.map$/]

const [folder] = process.argv.slice(2)
if (folder === undefined || existsSync(folder)) {
  console.error('assemble-image needs a folder that is not there yet: node scripts/assemble-image.mjs FOLDER')
  process.exit(2)
}
if (!existsSync('dist/main.js')) {
  console.error('dist is missing: run npm run build first')
  process.exit(1)
}

mkdirSync(folder, { recursive: true })
for (const path of FILES) cpSync(path, join(folder, path), { recursive: true })
writeJson('package.json', shippedPackage())
cpSync('dist', join(folder, 'dist'), {
  recursive: true,
  filter: (path) => !NOT_SHIPPED.some((pattern) => pattern.test(path)),
})
for (const path of productionPackages()) {
  // What lies below it are packages of the lock themselves.
  const nested = join(path, 'node_modules')
  cpSync(path, join(folder, path), { recursive: true, dereference: true, filter: (from) => from !== nested })
}
writeJson('sbom.cdx.json', billOfMaterials())

function writeJson(name, content) {
  writeFileSync(join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`)
}

/** Without what belongs to development: whoever looks, npm among them, finds exactly what is there. */
function shippedPackage() {
  const { name, version, description, license, type, engines, bin, dependencies } = JSON.parse(
    readFileSync('package.json', 'utf8'),
  )
  return { name, version, description, license, type, engines, bin, dependencies }
}

/** The folders of the packages that the program needs at run time, as `npm ci` has installed and verified them. */
function productionPackages() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !(optional && !existsSync(path)))
    .map(([path]) => path)
}

/** CycloneDX: every package that is there, with version, licence and hash. Equal locks make equal bills. */
function billOfMaterials() {
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application']
  const bill = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
  delete bill.serialNumber
  delete bill.metadata.timestamp
  // npm takes the name from the folder.
  bill.metadata.component.name = 'quant-exporter'
  return bill
}
