local git = "scm"
rockspec_format = "3.0"
package = "computed"
version = git .. "-1"
description = { license = "Apache-2.0" }
