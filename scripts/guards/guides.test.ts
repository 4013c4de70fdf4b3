/**
 * The guides to Docker and Kubernetes: their manifests are what the Kubernetes API takes, fit each other, and
 * set pprofql up as they say.
 */
import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Deployment } from 'kubernetes-types/apps/v1.d.ts';
import type { Container, EnvVar, Service } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { unknownVariables } from '../../api/base/options/environment/variables.ts';
import { requireTokenWhereExposed } from '../../api/base/options/exposure.ts';
import { resolveOptions } from '../../api/base/options/resolve.ts';
import { plainUrlOf } from '../../api/base/options/targets.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'docs/kubernetes');
const TOKEN = 'a-token';

type Manifest = Deployment | Service | NetworkPolicy;

/** Where the types of each kind are. */
const TYPES: Readonly<Record<string, string>> = {
  'apps/v1 Deployment': "import('kubernetes-types/apps/v1.d.ts').Deployment",
  'v1 Service': "import('kubernetes-types/core/v1.d.ts').Service",
  'networking.k8s.io/v1 NetworkPolicy':
    "import('kubernetes-types/networking/v1.d.ts').NetworkPolicy",
};

const manifests: Manifest[] = globSync('*.yaml', { cwd: FOLDER }).flatMap((file) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8'), { strict: true }).map((document) => {
    expect([document.errors, document.warnings]).toEqual([[], []]);
    return document.toJS();
  }),
);
const ofKind = <Kind extends Manifest>(kind: string) =>
  manifests.filter((manifest): manifest is Kind => manifest.kind === kind);
const deployments = ofKind<Deployment>('Deployment');
const services = ofKind<Service>('Service');
const policies = ofKind<NetworkPolicy>('NetworkPolicy');
const containers = deployments.flatMap(({ spec }) => spec!.template.spec!.containers);

/** What the compiler says against these being what the API takes; one that it does not know is refused. */
async function complaints(candidates: readonly object[]): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'manifests-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const lines = candidates.map((candidate) => {
    const { apiVersion, kind } = candidate as Manifest;
    const type = TYPES[`${apiVersion} ${kind}`] ?? 'never';
    return `void (${JSON.stringify(candidate)} satisfies ${type});`;
  });
  await writeFile(join(folder, 'manifests.ts'), `${lines.join('\n')}\nexport {};\n`);
  const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, types: [] };
  const settings = { compilerOptions: { ...compilerOptions, module: 'nodenext' } };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  return new Promise((resolve) => {
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    execFile(tsc, ['-p', folder, '--pretty', 'false'], (_error, stdout) => resolve(stdout));
  });
}

/** What the process in it would have; the secret is told. */
function environmentOf({ env = [] }: Container): Record<string, string> {
  const found: Record<string, string> = {};
  const toldBy = ({ value, valueFrom }: EnvVar) => {
    if (valueFrom?.secretKeyRef) return TOKEN;
    return (value ?? 'told').replace(/\$\((\w+)\)/g, (_all, name) => found[name] ?? `no ${name}`);
  };
  for (const each of env) found[each.name] = toldBy(each);
  return found;
}

const pods = deployments.map(({ spec }) => ({
  labels: spec!.template.metadata!.labels!,
  ports: spec!.template.spec!.containers.flatMap(({ ports = [] }) => ports),
}));

function podsOf(labels: Readonly<Record<string, string>> = {}) {
  return pods.filter((pod) =>
    Object.entries(labels).every(([name, value]) => pod.labels[name] === value),
  );
}

describe('the guide to Kubernetes', () => {
  it('has manifests that the API takes, down to each field', async () => {
    expect(manifests).toHaveLength(5);
    expect(await complaints(manifests)).toBe('');
    const [deployment] = structuredClone(deployments);
    Object.assign(deployment!.spec!.template.spec!.containers[0]!, { imagee: 'misspelt' });
    const [service] = structuredClone(services);
    Object.assign(service!.spec!, { clusterIP: false });
    const wrong = await complaints([deployment!, service!, { apiVersion: 'v2', kind: 'Service' }]);
    expect(wrong.match(/^manifests\.ts|error TS/gm)?.length).toBeGreaterThanOrEqual(3);
    expect(wrong).toMatch(/imagee[\s\S]*boolean[\s\S]*never/);
  });

  it('has selectors and ports that meet pods', () => {
    for (const { spec } of deployments) {
      expect(spec!.template.metadata!.labels).toMatchObject(spec!.selector.matchLabels!);
    }
    for (const { spec } of services) {
      const [pod] = podsOf(spec!.selector);
      const names = pod?.ports.map(({ name }) => name);
      for (const { targetPort } of spec!.ports!) expect(names).toContain(targetPort);
    }
    for (const { spec } of policies) {
      const [pod] = podsOf(spec!.podSelector?.matchLabels);
      const names = pod!.ports.map(({ name }) => name);
      const ports = spec!.ingress!.flatMap(({ ports = [] }) => ports);
      for (const { port } of ports) expect(names).toContain(port);
    }
  });

  it('lets the viewer and Prometheus alone reach the diagnostics', () => {
    const shop = policies.find(({ metadata }) => metadata!.name === 'shop')!;
    const rules = shop.spec!.ingress!.filter(({ ports }) =>
      ports!.some(({ port }) => port === 'pprofql'),
    );
    expect(rules).toHaveLength(1);
    const [viewer, prometheus] = rules[0]!.from!;
    expect(podsOf(viewer!.podSelector!.matchLabels)).toHaveLength(1);
    expect(prometheus!.podSelector!.matchLabels).toBeDefined();
  });

  it.each(containers.map((container) => [container.name, container] as const))(
    'sets pprofql up in %s, where it runs without rights and writes only to /tmp',
    (_name, container) => {
      const environment = environmentOf(container);
      expect(unknownVariables(environment)).toEqual([]);
      const options = resolveOptions({}, environment);
      expect(options.token).toBe(TOKEN);
      requireTokenWhereExposed(options, { NODE_ENV: 'production' });
      expect(JSON.stringify(environment)).not.toContain('no PPROFQL_TOKEN');
      expect(container.env!.find(({ name }) => name === 'PPROFQL_TOKEN')).toMatchObject({
        valueFrom: { secretKeyRef: { name: 'pprofql', key: 'token' } },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
    },
  );

  it('has a viewer that finds the pods by the headless service, and shows its token to them', () => {
    const viewer = containers.find(({ name }) => name === 'viewer')!;
    const [target] = resolveOptions({}, environmentOf(viewer)).targets;
    const { hostname, port } = new URL(plainUrlOf(target!.url));
    const service = services.find(({ metadata }) => metadata!.name === hostname)!;
    expect(target!.token).toBe(TOKEN);
    expect(service.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(String(service.spec!.ports![0]!.port)).toBe(port);
  });

  it('has Prometheus find them by the same name', () => {
    const { scrape_configs: jobs } = parse(readFileSync(join(FOLDER, 'prometheus.yml'), 'utf8'));
    const [{ names, port }] = jobs[0].dns_sd_configs;
    expect(names[0].split('.')[0]).toBe(services[0]!.metadata!.name);
    expect(port).toBe(services[0]!.spec!.ports![0]!.port);
  });
});

describe('the guide to Docker', () => {
  const lines = readFileSync(join(ROOT, 'docs/docker/Dockerfile'), 'utf8').split('\n');
  const environment = Object.fromEntries(
    lines
      .filter((line) => line.startsWith('ENV '))
      .map((line) => /^ENV (\w+)="?(.*?)"?$/.exec(line)!.slice(1)),
  );

  it('has an image that is not run as root, and sets pprofql up', () => {
    expect(lines).toContain('USER node');
    expect(unknownVariables(environment)).toEqual([]);
    const options = resolveOptions({}, environment);
    const start = (token: string | null) => () =>
      requireTokenWhereExposed({ ...options, token }, environment);
    expect(start(null)).toThrow(/PPROFQL_TOKEN/);
    expect(start(TOKEN)).not.toThrow();
  });

  it('loads the file that the package has, as the manifests do', () => {
    const path = /\/node_modules\/pprofql\/(\S+)/;
    const places = [
      environment.NODE_OPTIONS,
      ...containers.map((each) => environmentOf(each).NODE_OPTIONS),
    ];
    const files = places.map((place) => path.exec(place ?? '')?.[1]);
    expect(new Set(files)).toEqual(new Set(['api/register.js']));
    expect(existsSync(join(ROOT, 'api/register.ts'))).toBe(true);
  });
});
