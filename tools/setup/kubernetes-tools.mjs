// Prepares the programs that render manifests for Kubernetes.
// Usage: node tools/setup/kubernetes-tools.mjs      prints their paths as JSON; reports what is missing and exits with
// 1
import { pathToFileURL } from 'node:url';
import { ensureGoProgram } from './go-program.mjs';
import { complaint } from './ensure.mjs';

const helm = { name: 'helm', version: '4.3.1', package: 'helm.sh/helm/v4/cmd/helm' };
/** Newer ones need Go 1.27. */
const kustomize = { name: 'kustomize', version: '5.8.1', package: 'sigs.k8s.io/kustomize/kustomize/v5' };

/** Paths of Helm and Kustomize, built if necessary. Throws an error that names what is missing. */
export function ensureKubernetesTools() {
  return { helm: ensureGoProgram(helm), kustomize: ensureGoProgram(kustomize) };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(JSON.stringify(ensureKubernetesTools()));
  } catch (error) {
    console.error(complaint(error));
    process.exitCode = 1;
  }
}
