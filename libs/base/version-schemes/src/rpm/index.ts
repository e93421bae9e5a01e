import { orderByKey } from '../sort-key';
import { isRpmVersion, rpmContinuations, rpmKey } from './parse';

/** Red Hat, Fedora, SUSE, Amazon, Oracle, Photon, Azure Linux: `[epoch:]version[-release]`, rpm-version(7). */
export const rpm = orderByKey({
  id: 'rpm',
  title: 'rpm package versions',
  url: 'https://rpm.org/docs/latest/man/rpm-version.7',
  isValid: isRpmVersion,
  key: rpmKey,
  continuations: rpmContinuations,
});
