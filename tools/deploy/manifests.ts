import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** The workspace. */
export const root = join(__dirname, '..', '..');
/** The Helm chart. */
export const chart = join(root, 'deploy', 'helm', 'clarion');

/** An object of Kubernetes as YAML has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  /** Checked against its type elsewhere; specs read what they are about. */
  readonly spec?: any;
}

export interface Pod {
  readonly owner: Manifest;
  readonly component: string;
  readonly metadata: Manifest['metadata'];
  readonly spec: any;
  readonly container: any;
}

interface Tools {
  readonly helm: string;
  readonly kustomize: string;
}

let found: Tools | undefined;

/**
 * `describe` with Helm and Kustomize, which the set-up builds. If that is not possible, a line shows what is missing
 * and the suite is skipped; in CI it fails.
 */
export function describeWithKubernetesTools(name: string, suite: (tools: Tools) => void): void {
  const setup = join(root, 'tools', 'setup', 'kubernetes-tools.mjs');
  const done = found ? undefined : spawnSync(process.execPath, [setup], { encoding: 'utf8' });
  if (done?.status === 0) found = JSON.parse(done.stdout) as Tools;
  if (found !== undefined) {
    const tools = found;
    describe(name, () => {
      suite(tools);
    });
    return;
  }
  const why = done?.stderr.trim().split('\n').at(-1) ?? '';
  const inCi = !['', 'false', '0'].includes(process.env['CI'] ?? '');
  if (!inCi) process.stderr.write(`${why}: specs of manifests are skipped\n`);
  (inCi ? it : it.skip)(`${name}: ${why}`, () => {
    throw new Error(why);
  });
}

/** What a program writes; throws with its errors when it fails. */
export function run(program: string, args: readonly string[], input = ''): string {
  const done = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(done.stderr + done.stdout);
  return done.stdout;
}

/** Example values of every mode, as paths. */
export const exampleValues = readdirSync(join(chart, 'ci')).map((name) => join(chart, 'ci', name));
/** One of them by the start of its name. */
export const example = (name: string): string => join(chart, 'ci', `${name}-values.yaml`);

/** The output of `helm template` for a file of values, with further values on top. */
export function renderText(
  helm: string,
  values: string,
  more: { args?: readonly string[]; values?: object } = {},
): string {
  const args = ['template', 'release', chart, '--namespace', 'scanners', '-f', values, '-f', '-', ...(more.args ?? [])];
  return run(helm, args, JSON.stringify(more.values ?? {}));
}

/** The objects in a stream of YAML documents. */
export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
}

export function render(helm: string, values: string, more: object = {}): readonly Manifest[] {
  return manifestsOf(renderText(helm, values, { values: more }));
}

/** The pods of objects, by component. */
export function podsOf(manifests: readonly Manifest[]): ReadonlyMap<string, Pod> {
  const owners = manifests.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind));
  return new Map(
    owners.map((owner) => {
      const { metadata, spec } = (owner.spec as { template: Pick<Pod, 'metadata' | 'spec'> }).template;
      const component = owner.metadata.labels?.['app.kubernetes.io/component'] ?? '';
      return [
        component,
        { owner, component, metadata, spec, container: (spec as { containers: unknown[] }).containers[0] },
      ];
    }),
  );
}

/** All variables of a pod's container, including those of its ConfigMaps. */
export function environmentOf(pod: Pod, manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const container = pod.container as {
    envFrom?: { configMapRef: { name: string } }[];
    env?: { name: string; value: string }[];
  };
  const maps = (container.envFrom ?? []).map(({ configMapRef: { name } }) => {
    const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    if (map?.data === undefined) throw new Error(`There is no ConfigMap ${name}`);
    return map.data;
  });
  const own = (container.env ?? []).map(({ name, value }) => [name, value] as const);
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Record<string, string>;
}
