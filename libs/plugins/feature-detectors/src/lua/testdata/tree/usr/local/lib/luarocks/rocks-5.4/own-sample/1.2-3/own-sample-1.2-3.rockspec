package = "Own-Sample"
version = "1.2-3"
source = { url = "git+https://example.org/own-sample" }
description = {
   summary = "An own sample",
   license = "MIT/X11"
}
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { ["own.sample"] = "sample.lua" } }
