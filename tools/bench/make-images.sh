#!/bin/sh
# Makes real Debian images in every archive form, for benchmarks and the slow proof stage.
# Usage: make-images.sh DIR     Needs root, a Debian mirror, and: mmdebstrap umoci skopeo
# Result in DIR: rootfs.tar, oci/ (gzip layout, two layers), oci.tar, docker.tar, docker.tar.gz, zstd/, plain/, rootfs/
set -eu
dir=$1
suite=${SUITE:-bookworm}
mkdir -p "$dir"
cd "$dir"
[ -f done ] && exit 0
rm -rf rootfs oci bundle zstd plain docker.tar oci.tar
[ -f rootfs.tar ] || mmdebstrap --quiet --mode=root --variant=essential --include=apt,curl,openssl,python3,git,perl "$suite" rootfs.tar
mkdir rootfs && tar xf rootfs.tar -C rootfs
rm -rf rootfs/var/lib/apt/lists/* rootfs/var/cache/apt/archives/*.deb
umoci init --layout oci
umoci new --image oci:latest
umoci insert --image oci:latest rootfs /
umoci config --image oci:latest --os linux --architecture amd64 --config.cmd /bin/sh
# A real upper layer: dpkg's database rewritten, files removed.
umoci unpack --image oci:latest bundle
cp /etc/resolv.conf bundle/rootfs/etc/
chroot bundle/rootfs sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light && apt-get purge -y -qq git && apt-get clean && rm -rf /var/lib/apt/lists/*' >/dev/null 2>&1
umoci repack --image oci:latest bundle
skopeo copy -q oci:oci:latest docker-archive:docker.tar:local/debian:bench
skopeo copy -q oci:oci:latest oci-archive:oci.tar
skopeo copy -q --dest-decompress oci:oci:latest dir:plain
skopeo copy -q --dest-compress-format zstd dir:plain oci:zstd:latest
gzip -1 -k docker.tar
cp -a bundle/rootfs/. final-rootfs
dpkg-query --admindir=final-rootfs/var/lib/dpkg -W -f '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version} ${db:Status-Status}\n' | sort > dpkg-query.txt
: > done
