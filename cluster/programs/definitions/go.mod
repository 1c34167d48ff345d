module todo-deploy.dev/cluster/programs/definitions

go 1.26.0

require (
	github.com/kubernetes-csi/external-snapshotter/client/v8 v8.7.0
	github.com/vmware-tanzu/velero v1.18.3
)
