const volumesAllowed = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * Where a pod specification violates the restricted profile
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), and Clarion's further requirements: a
 * read-only root, size limits of writable volumes, no API token, a numeric user.
 */
export function restrictedViolations(spec: any): readonly string[] {
  const faults: string[] = [];
  const demand = (fulfilled: boolean, fault: string): void => {
    if (!fulfilled) faults.push(fault);
  };
  const pod = spec.securityContext ?? {};
  for (const shared of ['hostNetwork', 'hostPID', 'hostIPC']) demand(spec[shared] !== true, shared);
  demand(spec.automountServiceAccountToken === false, 'token of the API');
  for (const volume of spec.volumes ?? []) {
    const kind = Object.keys(volume).find((key) => key !== 'name') ?? '';
    demand(volumesAllowed.includes(kind), `volume of kind ${kind}`);
    if (kind === 'emptyDir') demand(volume.emptyDir.sizeLimit !== undefined, `size of ${volume.name}`);
  }
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const own = container.securityContext ?? {};
    const either = (key: string): any => own[key] ?? pod[key];
    demand(either('runAsNonRoot') === true, 'runAsNonRoot');
    demand(Number.isInteger(either('runAsUser')) && either('runAsUser') > 0, 'runAsUser');
    demand(['RuntimeDefault', 'Localhost'].includes(either('seccompProfile')?.type), 'seccompProfile');
    demand(own.privileged !== true, 'privileged');
    demand(own.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation');
    demand(own.readOnlyRootFilesystem === true, 'readOnlyRootFilesystem');
    demand((own.capabilities?.drop ?? []).includes('ALL'), 'capabilities.drop');
    demand(
      (own.capabilities?.add ?? []).every((one: string) => one === 'NET_BIND_SERVICE'),
      'capabilities.add',
    );
    for (const { containerPort, hostPort } of container.ports ?? []) {
      demand(hostPort === undefined, `hostPort ${hostPort}`);
      demand(containerPort > 1024, `privileged port ${containerPort}`);
    }
  }
  return faults;
}
