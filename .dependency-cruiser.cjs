/**
 * Who may import whom. Layers, from the outside in:
 *
 *   main → cli → app → { config, docs, ingest, stores, fact-files, compute, policy, exporter, snapshot-api, simulator, embedded } → domain → lib
 *
 * Siblings do not know each other: they meet in domain ports and are joined in app/.
 * Beside them are those who listen to a running exporter: live-page, which runs in browsers, and cli share client.
 * `rules` makes Prometheus' rules of the policy, for docs, and for the doctor, who looks whether they are loaded; so does
 * `dashboards` those of Grafana, which link as rules do.
 * Exceptions: exporter and snapshot-api may read the metric dictionary, ingest and stores share `connections`, and config
 * reads the catalogue of policies and the shape of their limits, since its schema, its documents and its variables are
 * made from them.
 */
const siblings = [
  'ingest',
  'stores',
  'fact-files',
  'compute',
  'policy',
  'exporter',
  'snapshot-api',
  'simulator',
  'embedded',
]
/** How Postgres and ClickHouse are connected to: for those that do. */
const connecting = ['ingest', 'stores']

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'lib-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/lib/' },
      to: { path: '^src/(?!lib/)' },
    },
    {
      name: 'domain-imports-lib-only',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/(?!domain/|lib/)' },
    },
    {
      name: 'compute-is-pure',
      comment: 'No I/O, no packages: compute sees the domain and plain helpers only.',
      severity: 'error',
      from: { path: '^src/compute/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'policy-is-pure',
      comment: 'Like compute: the same frames, the same episodes.',
      severity: 'error',
      from: { path: '^src/policy/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'rules-are-made-of-the-policy',
      severity: 'error',
      from: { path: '^src/rules/' },
      to: { path: '^src/(?!rules/|policy/|domain/|lib/)' },
    },
    {
      name: 'dashboards-are-made-of-the-policy',
      comment: 'The dictionary of metrics is handed in.',
      severity: 'error',
      from: { path: '^src/dashboards/' },
      to: { path: '^src/(?!dashboards/|policy/|domain/|lib/)', pathNot: '^src/rules/(links|promql)\\.ts$' },
    },
    {
      name: 'dashboards-are-for-documents',
      comment: 'What they are written with is there in development only.',
      severity: 'error',
      from: { path: '^src/(?!dashboards/|docs/)' },
      to: { path: '^src/dashboards/' },
    },
    ...siblings.map((name) => ({
      name: `${name}-stays-in-its-layer`,
      severity: 'error',
      from: { path: `^src/${name}/` },
      to: {
        path: '^src/(?!domain/|lib/)',
        pathNot: [
          `^src/${name}/`,
          ...(['exporter', 'snapshot-api'].includes(name) ? ['^src/compute/dictionary\\.ts$'] : []),
          ...(connecting.includes(name) ? ['^src/connections/'] : []),
        ],
      },
    })),
    {
      name: 'connections-imports-domain-only',
      severity: 'error',
      from: { path: '^src/connections/' },
      to: { path: '^src/(?!connections/|domain/|lib/)' },
    },
    {
      name: 'client-runs-anywhere',
      comment:
        'It is served to browsers: nothing of Node, no packages, nothing of ours but what lib has for everybody.',
      severity: 'error',
      from: { path: '^src/client/' },
      to: { path: '^(?!src/client/|src/lib/backoff\\.ts)' },
    },
    {
      name: 'live-page-knows-the-client-only',
      severity: 'error',
      from: { path: '^src/live-page/' },
      to: { path: '^(?!src/live-page/|src/client/)' },
    },
    {
      name: 'live-page-is-for-browsers',
      severity: 'error',
      from: { path: '^src/(?!live-page/)' },
      to: { path: '^src/live-page/' },
    },
    {
      name: 'the-client-is-for-those-who-listen',
      severity: 'error',
      from: { path: '^src/(?!client/|live-page/|cli/)' },
      to: { path: '^src/client/' },
    },
    {
      name: 'config-imports-domain-only',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/(?!config/|domain/|lib/)', pathNot: '^src/policy/(catalogue|limits)\\.ts$' },
    },
    {
      name: 'app-does-not-know-the-cli',
      severity: 'error',
      from: { path: '^src/(app|docs)/' },
      to: { path: '^src/(cli/|main\\.ts)' },
    },
    {
      name: 'cli-goes-through-app',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: {
        path: '^src/(ingest|stores|connections|fact-files|compute|policy|exporter|snapshot-api|simulator|embedded|main\\.ts)',
      },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { path: '^src/(?!main\\.ts)' },
      to: { path: '^src/main\\.ts$' },
    },
    {
      name: 'product-never-imports-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '(main|-child|docs/generated-files)\\.ts$' },
      to: {},
    },
    {
      name: 'development-engines-stay-in-embedded',
      severity: 'error',
      from: { path: '^src/(?!embedded/)' },
      to: { path: 'node_modules/(chdb|@electric-sql)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
}
