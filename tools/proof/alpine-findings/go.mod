module clarion.example/alpine-findings

go 1.21

require github.com/knqyf263/go-apk-version v0.0.0-20200609155635-041fdbb8563f
