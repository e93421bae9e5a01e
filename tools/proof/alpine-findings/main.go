// Command alpine-findings recomputes, independently of Clarion, which packages of an Alpine image are vulnerable:
// it reads the image archive with Go's archive/tar, the whole SecDB with encoding/json, and compares versions with
// github.com/knqyf263/go-apk-version. It prints one line per finding, sorted: CVE, package, version, fixed version.
//
// Usage: alpine-findings IMAGE SECDB-DIRECTORY
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	apk "github.com/knqyf263/go-apk-version"
)

type pkg struct{ name, version, origin string }

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: alpine-findings IMAGE SECDB-DIRECTORY")
	}
	data, err := os.ReadFile(os.Args[1])
	check(err)
	files := map[string][]byte{}
	collect(data, files)
	release := strings.Split(strings.TrimSpace(string(files["etc/alpine-release"])), ".")
	if len(release) < 2 {
		log.Fatal("no etc/alpine-release in the image")
	}
	branch := "v" + release[0] + "." + release[1]
	packages := installed(files["lib/apk/db/installed"])
	var lines []string
	for _, repository := range []string{"main", "community"} {
		lines = append(lines, match(packages, filepath.Join(os.Args[2], branch, repository+".json.gz"))...)
	}
	sort.Strings(lines)
	last := ""
	for _, line := range lines {
		if line != last {
			fmt.Println(line)
		}
		last = line
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// collect keeps the relevant files of an archive and of all archives in it, in any format.
func collect(data []byte, files map[string][]byte) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(bytes.NewReader(data))
		check(err)
		data, err = io.ReadAll(unzipped)
		check(err)
	}
	reader := tar.NewReader(bytes.NewReader(data))
	for {
		header, err := reader.Next()
		if err != nil {
			return
		}
		name := strings.TrimPrefix(header.Name, "./")
		body, err := io.ReadAll(reader)
		check(err)
		if name == "lib/apk/db/installed" || name == "etc/alpine-release" {
			files[name] = body
		}
		isTar := len(body) > 262 && string(body[257:262]) == "ustar"
		if isTar || bytes.HasPrefix(body, []byte{0x1f, 0x8b}) && (strings.HasPrefix(name, "blobs/") || strings.HasSuffix(name, "layer.tar") || strings.HasSuffix(name, ".tar.gz")) {
			collect(body, files)
		}
	}
}

func installed(database []byte) []pkg {
	var packages []pkg
	for _, stanza := range strings.Split(string(database), "\n\n") {
		var p pkg
		for _, line := range strings.Split(stanza, "\n") {
			switch {
			case strings.HasPrefix(line, "P:"):
				p.name = line[2:]
			case strings.HasPrefix(line, "V:"):
				p.version = line[2:]
			case strings.HasPrefix(line, "o:"):
				p.origin = line[2:]
			}
		}
		if p.origin == "" {
			p.origin = p.name
		}
		if p.name != "" {
			packages = append(packages, p)
		}
	}
	return packages
}

var cve = regexp.MustCompile(`^CVE[-_](\d{4}-\d{4,})`)

func match(packages []pkg, path string) []string {
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil
	}
	check(err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	check(err)
	var secdb struct {
		Packages []struct {
			Pkg struct {
				Name     string
				Secfixes map[string][]string
			}
		}
	}
	check(json.NewDecoder(unzipped).Decode(&secdb))
	// The highest version that lists a CVE is its fix; "0" means that the package never had it.
	fixes := map[string]map[string]string{}
	for _, entry := range secdb.Packages {
		byID := map[string]string{}
		for fixed, texts := range entry.Pkg.Secfixes {
			for _, text := range texts {
				for _, word := range strings.Fields(text) {
					found := cve.FindStringSubmatch(word)
					if found == nil {
						continue
					}
					id := "CVE-" + found[1]
					if known, ok := byID[id]; !ok || less(known, fixed) {
						byID[id] = fixed
					}
				}
			}
		}
		fixes[entry.Pkg.Name] = byID
	}
	var lines []string
	for _, p := range packages {
		for id, fixed := range fixes[p.origin] {
			if fixed != "0" && less(p.version, fixed) {
				lines = append(lines, strings.Join([]string{id, p.name, p.version, fixed}, " "))
			}
		}
	}
	return lines
}

func less(a, b string) bool {
	left, err := apk.NewVersion(a)
	check(err)
	right, err := apk.NewVersion(b)
	check(err)
	return left.LessThan(right)
}
