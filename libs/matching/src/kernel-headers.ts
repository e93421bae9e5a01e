/** Packages of the kernel's source that hold no kernel: containers carry them for compiling. */
const headerPackages = /^linux-(?:libc-dev|headers|doc|source|kbuild)(?:-|$)|^linux-compiler-/;
const kernelSources = /^linux(?:-|$)/;

/** Said about every finding of such a package, and what display filters go by. */
export const kernelHeadersNote = 'kernel headers only';

/** Whether a package of a kernel source only has headers or documentation: the flaw is not running here. */
export function isKernelHeadersOnly(name: string, source: string | undefined): boolean {
  return source !== undefined && kernelSources.test(source) && headerPackages.test(name);
}
