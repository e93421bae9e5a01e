// Writes deploy/kustomize/base and components from the rendered Helm chart, so that both install the same.
// Usage: node tools/deploy/kustomize.mjs [--check]     --check exits with 1 if they are out of date
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';
import { ensureKubernetesTools } from '../setup/kubernetes-tools.mjs';

ensureDependencies();
const { parseAllDocuments, stringify } = await import('yaml');
const { helm } = ensureKubernetesTools();

const target = join(root, 'deploy', 'kustomize');
const notice = '# Made by `node tools/deploy/kustomize.mjs` from the Helm chart; do not edit.\n';
const namespace = 'clarion';
const part = 'app.kubernetes.io/component';

const fromSecret = { existingSecret: 'clarion' };
const watched = {
  networkPolicy: { enabled: true },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
  grafanaDashboard: { enabled: true },
};
const distributed = {
  mode: 'distributed',
  settings: { CLARION_NATS_URL: 'nats://nats.nats.svc:4222' },
  secrets: { CLARION_MONGODB_URI: fromSecret, CLARION_SEALING_KEYS: fromSecret, CLARION_TOKENS: fromSecret },
};
const scaled = { autoscaling: { enabled: true } };
const keda = {
  keda: { prometheusAddress: 'http://prometheus.monitoring.svc:9090' },
  layerExtractor: scaled,
  featureDetector: scaled,
  namespaceDetector: scaled,
};

/** The objects that the chart renders with these values, without what only Helm needs. */
function rendered(values) {
  const done = spawnSync(
    helm,
    ['template', 'clarion', join(root, 'deploy', 'helm', 'clarion'), '--namespace', namespace, '--values', '-'],
    { input: JSON.stringify(values), encoding: 'utf8' },
  );
  if (done.status !== 0) throw new Error(`helm template failed: ${done.stderr}`);
  return parseAllDocuments(done.stdout)
    .map((document) => document.toJS())
    .filter((object) => object !== null)
    .map(withoutHelm);
}

/** No labels of Helm, no name space (set by an overlay), no checksum (names of generated ConfigMaps have one). */
function withoutHelm(object) {
  const clean = (metadata) => {
    delete metadata.namespace;
    delete metadata.labels?.['helm.sh/chart'];
    delete metadata.labels?.['app.kubernetes.io/managed-by'];
    if (metadata.annotations === undefined) return;
    delete metadata.annotations['checksum/config'];
    if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
  };
  clean(object.metadata);
  if (object.spec?.template !== undefined) clean(object.spec.template.metadata);
  return object;
}

const isPolicy = ({ kind }) => kind === 'NetworkPolicy';
const isMonitoring = ({ kind, metadata }) =>
  ['ServiceMonitor', 'PrometheusRule'].includes(kind) || /-(metrics|dashboard)$/.test(metadata.name);
const text = (objects) => notice + objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
const component = (content) => ({ apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', ...content });

/** The files of a component that runs services: one of manifests and one of variables for each. */
function servicesComponent(objects) {
  const own = objects.filter((object) => !isPolicy(object) && !isMonitoring(object));
  const names = [...new Set(own.map(({ metadata }) => metadata.labels[part]))];
  const files = {};
  for (const name of names) {
    const ofService = own.filter(({ metadata }) => metadata.labels[part] === name);
    const { data } = ofService.find(({ kind }) => kind === 'ConfigMap');
    const lines = Object.entries(data).map(([key, value]) => `${key}=${value.replace(`.${namespace}.svc`, '')}\n`);
    files[`${name}.env`] = notice + lines.join('');
    files[`${name}.yaml`] = text(ofService.filter(({ kind }) => kind !== 'ConfigMap'));
  }
  files['kustomization.yaml'] = text([
    component({
      resources: names.map((name) => `${name}.yaml`),
      configMapGenerator: names.map((name) => ({ name: `clarion-${name}`, envs: [`${name}.env`] })),
    }),
  ]);
  return files;
}

/** A component of these objects in one file. */
function objectsComponent(name, objects, more = {}) {
  return {
    [`${name}.yaml`]: text(objects),
    'kustomization.yaml': text([component({ resources: [`${name}.yaml`], ...more })]),
  };
}

/** All generated files: content by path below deploy/kustomize. */
function generated() {
  const one = rendered({ mode: 'all-in-one', ...watched });
  const six = rendered({ ...distributed, ...watched });
  const scalers = rendered({ ...distributed, ...keda }).filter(({ kind }) => kind === 'ScaledObject');
  const policies = new Map([...six, ...one].filter(isPolicy).map((policy) => [policy.metadata.name, policy]));
  const folders = {
    base: {
      'namespace.yaml': text([
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
        },
      ]),
      'kustomization.yaml': text([
        { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: ['namespace.yaml'] },
      ]),
    },
    'components/all-in-one': servicesComponent(one),
    'components/distributed': servicesComponent(six),
    'components/keda': objectsComponent('scaled-objects', scalers, {
      // KEDA sets the number of replicas.
      patches: scalers.map(({ spec }) => ({
        target: { kind: 'Deployment', name: spec.scaleTargetRef.name },
        patch: '- { op: remove, path: /spec/replicas }\n',
      })),
    }),
    'components/network-policy': objectsComponent('network-policies', [...policies.values()]),
    'components/monitoring': objectsComponent('monitoring', six.filter(isMonitoring)),
  };
  return new Map(
    Object.entries(folders).flatMap(([folder, files]) =>
      Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]),
    ),
  );
}

/** Existing files, as paths below deploy/kustomize. */
function present() {
  return ['base', 'components']
    .filter((folder) => existsSync(join(target, folder)))
    .flatMap((folder) => readdirSync(join(target, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(target, join(entry.parentPath, entry.name)));
}

const wanted = generated();
if (process.argv.includes('--check')) {
  const paths = new Set([...wanted.keys(), ...present()]);
  const differs = (path) =>
    !existsSync(join(target, path)) || readFileSync(join(target, path), 'utf8') !== wanted.get(path);
  for (const path of [...paths].filter(differs)) {
    console.error(`deploy/kustomize/${path} is out of date: run node tools/deploy/kustomize.mjs`);
    process.exitCode = 1;
  }
} else {
  for (const folder of ['base', 'components']) rmSync(join(target, folder), { recursive: true, force: true });
  for (const [path, content] of wanted) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), content);
  }
}
