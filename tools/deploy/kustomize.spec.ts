import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWithKubernetesTools, manifestsOf, podsOf, root, run, type Manifest } from './manifests';
import { restrictedViolations } from './pod-security';
import { faultsOf } from './validate-manifests';

const overlay = (name: string): string => join(root, 'deploy', 'kustomize', 'overlays', name);
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

describeWithKubernetesTools('deploy/kustomize', ({ kustomize }) => {
  const build = (name: string): readonly Manifest[] => manifestsOf(run(kustomize, ['build', overlay(name)]));

  it('matches the rendered chart', () => {
    const args = [join(root, 'tools', 'deploy', 'kustomize.mjs'), '--check'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('renders objects that Kubernetes accepts, in the restricted profile', () => {
    const [one, six] = [build('all-in-one'), build('distributed')];
    expect([podsOf(one).size, podsOf(six).size]).toEqual([1, 6]);
    expect(faultsOf([...one, ...six])).toEqual([]);
    for (const { spec } of [...podsOf(one).values(), ...podsOf(six).values()])
      expect(restrictedViolations(spec)).toEqual([]);
  });

  it('gives each pod the ConfigMap that an overlay has changed, under a name with a checksum', () => {
    const manifests = build('distributed');
    const { container } = podsOf(manifests).get('api-gateway') ?? {};
    const { name } = (container as { envFrom: { configMapRef: { name: string } }[] }).envFrom[0]!.configMapRef;
    expect(name).toMatch(/^clarion-api-gateway-[a-z0-9]{10}$/);
    const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    expect(map?.data?.['CLARION_PUBLIC_URL']).toBe('https://clarion.example');
  });

  it('puts everything into one name space and leaves the number of replicas to KEDA', () => {
    const manifests = build('distributed');
    const elsewhere = manifests.filter(
      ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'clarion',
    );
    expect(elsewhere).toEqual([]);
    const scaled = manifests.filter(({ kind }) => kind === 'ScaledObject').map(({ metadata }) => metadata.name);
    expect(scaled.length).toBe(3);
    for (const { kind, metadata, spec } of manifests)
      if (kind === 'Deployment')
        expect(Object.hasOwn(spec as object, 'replicas')).toBe(!scaled.includes(metadata.name));
  });

  (hasKubectl ? it.each : it.skip.each)(['all-in-one', 'distributed'])('renders %s with plain kubectl', (name) => {
    expect(manifestsOf(run('kubectl', ['kustomize', overlay(name)]))).toEqual(build(name));
  });
});
