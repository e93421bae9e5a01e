// Reads the tar of its standard input with archive/tar, as container runtimes do, and prints what it saw as JSON.
package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
)

type entry struct {
	Name    []byte `json:"name"`
	Flag    string `json:"flag"`
	Link    []byte `json:"link"`
	Size    int64  `json:"size"`
	Null    bool   `json:"null"`
	Content []byte `json:"content"`
}

type seen struct {
	Entries []entry `json:"entries"`
	Error   string  `json:"error,omitempty"`
}

func main() {
	result := seen{Entries: []entry{}}
	if err := read(&result); err != nil {
		result.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

func read(result *seen) error {
	reader := tar.NewReader(os.Stdin)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(io.LimitReader(reader, 1<<20))
		if err != nil {
			return err
		}
		result.Entries = append(result.Entries, entry{
			Name:    []byte(header.Name),
			Flag:    string(rune(header.Typeflag)),
			Link:    []byte(header.Linkname),
			Size:    header.Size,
			Null:    header.Devmajor == 0 && header.Devminor == 0,
			Content: content,
		})
	}
}
