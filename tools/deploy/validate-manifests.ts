import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { root, type Manifest } from './manifests';

/** Packages with the models of each API: TypeScript types, and validators made from the OpenAPI schemas. */
const packages: Readonly<Record<string, string>> = {
  'keda.sh/v1alpha1': '@kubernetes-models/keda/keda.sh/v1alpha1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  'gateway.networking.k8s.io/v1': '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1',
};
const core = ['v1', 'apps/v1', 'autoscaling/v2', 'networking.k8s.io/v1', 'policy/v1'];

const packageOf = ({ apiVersion }: Manifest): string | undefined =>
  core.includes(apiVersion) ? `kubernetes-models/${apiVersion}` : packages[apiVersion];

const called = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

/**
 * What the APIs of Kubernetes and of the operators would not take in these objects, one sentence each. The validators
 * find wrong values and missing fields; the compiler, to which each object is a literal of its type, unknown fields.
 */
export function faultsOf(manifests: readonly Manifest[]): readonly string[] {
  const unknown = manifests.filter((manifest) => packageOf(manifest) === undefined);
  if (unknown.length > 0) return unknown.map((one) => `${called(one)}: ${one.apiVersion} has no schema here`);
  return [...manifests.flatMap(invalidIn), ...unknownFieldsIn(manifests)];
}

type Model = new (data: Manifest) => { validate(): void };

function invalidIn(manifest: Manifest): readonly string[] {
  const load = createRequire(join(root, 'package.json'));
  const models = load(packageOf(manifest) ?? '') as Readonly<Record<string, Model | undefined>>;
  const ModelOfKind = models[manifest.kind];
  if (ModelOfKind === undefined) return [`${called(manifest)}: ${manifest.apiVersion} has no such kind`];
  try {
    new ModelOfKind(manifest).validate();
    return [];
  } catch (error) {
    return [`${called(manifest)}: ${(error as Error).message}`];
  }
}

/** One line per object, so that the line of a message identifies the object. */
function unknownFieldsIn(manifests: readonly Manifest[]): readonly string[] {
  const lines = manifests.map((manifest, at) => {
    const type = `import('${packageOf(manifest) ?? ''}/${manifest.kind}').I${manifest.kind}`;
    return `export const o${String(at)}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const path = join(root, 'tools', 'deploy', 'manifests-as-types.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
  };
  const host = ts.createCompilerHost(options);
  const files: ts.CompilerHost = {
    ...host,
    fileExists: (file) => file === path || host.fileExists(file),
    getSourceFile: (file, version, ...rest) =>
      file === path ? ts.createSourceFile(file, lines.join('\n'), version) : host.getSourceFile(file, version, ...rest),
  };
  const program = ts.createProgram([path], options, files);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
    const manifest = file?.fileName === path ? manifests[line] : undefined;
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    return `${manifest === undefined ? 'types' : called(manifest)}: ${message}`;
  });
}
