import { Argument, type Command } from 'commander';
import { flag, withValues } from '../settings';
import { withDetectorOptions } from './with-detector-options';

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/ppc64le', 'linux/s390x'];

/** How an image can be named. */
export const imageHelp = `
IMAGE is tried as a file, then as a directory, then as a reference in a registry; a prefix decides:
  docker-archive:FILE   made by docker save           oci-archive:FILE   an OCI layout in a tar file
  oci:DIR[:TAG]         an OCI layout                 dir:DIRECTORY      a root filesystem, sources
  registry:REF          an image in a registry        docker:REF, podman:REF, containerd:REF
                                                      an image of a container engine on this machine
  sha256:DIGEST         an image that this machine has scanned before
`;

/** Adds the options of every command that reads an image. */
export function withImageOptions(command: Command): Command {
  command
    .addArgument(new Argument('<image>', 'what to read, see below'))
    .addOption(
      withValues(
        flag('--platform <os/arch[/variant]>', 'which image of a multi-platform one (default linux/amd64)'),
        platforms,
      ),
    )
    .addOption(flag('--image <name>', 'which image of an archive with several'))
    .addOption(flag('--local', 'look a name up in the container engines of this machine before a registry'))
    .addOption(flag('--insecure-registry', 'allow plain HTTP to the registry (always allowed to this machine itself)'));
  withDetectorOptions(command).addOption(flag('--no-lock-files', 'read no lock files and manifests in sources (dir:)'));
  return command.addOption(flag('--output <file>', 'write the result to a file instead of stdout'));
}
