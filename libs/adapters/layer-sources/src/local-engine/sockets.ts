import { existsSync } from 'node:fs';
import path from 'node:path';
import { ClarionError } from '@clarion/model';

/** A container engine on this machine. */
export type EngineName = 'docker' | 'podman' | 'containerd';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that the engines' own clients read, and the sockets where engines listen when none is set. */
const engineSockets: Readonly<
  Record<EngineName, { readonly variable: string; readonly usual: (environment: Environment) => string[] }>
> = {
  docker: {
    variable: 'DOCKER_HOST',
    usual: ({ XDG_RUNTIME_DIR: runtime, HOME: home }) => [
      '/var/run/docker.sock',
      ...(runtime === undefined ? [] : [path.join(runtime, 'docker.sock')]),
      ...(home === undefined ? [] : [path.join(home, '.docker/run/docker.sock')]),
    ],
  },
  podman: {
    variable: 'CONTAINER_HOST',
    usual: ({ XDG_RUNTIME_DIR: runtime }) => [
      ...(runtime === undefined ? [] : [path.join(runtime, 'podman/podman.sock')]),
      '/run/podman/podman.sock',
    ],
  },
  containerd: {
    variable: 'CONTAINERD_ADDRESS',
    usual: () => ['/run/containerd/containerd.sock', '/run/k3s/containerd/containerd.sock'],
  },
};

const startHints: Readonly<Record<EngineName, string>> = {
  docker: 'start Docker',
  podman: 'start its API with: systemctl --user start podman.socket',
  containerd: 'start containerd (its socket is readable by root only)',
};

/**
 * The Unix socket of an engine. Throws `not-found` if there is none, `unsupported` if the variable names an engine that
 * is not on this machine.
 */
export function engineSocket(engine: EngineName, environment: Environment = process.env): string {
  const { variable, usual } = engineSockets[engine];
  const given = environment[variable];
  if (given !== undefined && given !== '') return givenSocket(given, variable);
  const found = usual(environment).find((socket) => existsSync(socket));
  if (found !== undefined) return found;
  throw new ClarionError('not-found', `There is no socket of ${engine} on this machine`, {
    remedy: `${startHints[engine]}, or set ${variable} to where it listens (unix:///path)`,
  });
}

function givenSocket(given: string, variable: string): string {
  const socket = given.replace(/^unix:\/\//, '');
  if (socket.startsWith('/')) return socket;
  throw new ClarionError('unsupported', `${variable}=${given} is not a Unix socket`, {
    remedy: 'save the image there (docker save) and scan the archive',
  });
}

/** Engines that listen on this machine. */
export function enginesHere(environment: Environment = process.env): readonly EngineName[] {
  return (Object.keys(engineSockets) as EngineName[]).filter((engine) => {
    try {
      return existsSync(engineSocket(engine, environment));
    } catch {
      return false;
    }
  });
}
