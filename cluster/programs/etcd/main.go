// etcd, called from a module of ours: its own go.mod has replace lines, which go install refuses.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
