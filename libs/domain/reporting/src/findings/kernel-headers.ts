/** Packages of Debian's kernel source without a kernel: containers have them for compiling. */
const headerPackages = /^linux-(?:libc-dev|headers|doc|source|kbuild)(?:-|$)|^linux-compiler-/;
const kernelSources = /^linux(?:-|$)/;

/** Kernel sources of rpm distributions: `kernel`, `kernel-rt`, `kernel-uek`, `kernel-default`, `kernel6.12`. */
const rpmKernelSource =
  /^kernel(?:\d{1,2}\.\d{1,3})?(?:-(?:64k|alt|azure|default|docs|kvmsmall|lt|ml|rt|source|syms|uek))?$/;
const rpmKernelName = /^kernel(?:\d{1,2}\.\d{1,3})?$/;
/** Words in names of packages with a real kernel; all others (headers, tools, perf, …) have no kernel. */
const rpmKernelWords = new Set([
  ...['16k', '64k', 'PAE', 'alt', 'azure', 'base', 'container', 'core', 'debug', 'default', 'extra', 'kdump', 'kvm'],
  ...['kvmsmall', 'lt', 'ml', 'modules', 'optional', 'partner', 'preempt', 'rt', 'uek', 'uki', 'virt', 'xen'],
  ...['zfcpdump', 'internal', 'usb'],
]);

/** Said about every finding of such a package, and what display filters go by. */
export const kernelHeadersNote = 'kernel headers only';

/**
 * Whether a package of a kernel source has no kernel, only headers, tools or documentation: the flaw is not running
 * here. For rpm an allow-list of real kernels decides (reference: matching §3.3).
 */
export function isKernelHeadersOnly(name: string, source: string | undefined): boolean {
  if (source === undefined) return false;
  if (kernelSources.test(source)) return headerPackages.test(name);
  if (!rpmKernelSource.test(source)) return false;
  const [first = '', ...words] = name.split('-');
  return !(rpmKernelName.test(first) && words.every((word) => rpmKernelWords.has(word)));
}
