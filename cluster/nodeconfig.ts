import { type ClusterNode, DNS_IP, PATHS, POD_RANGE } from './config.ts';
import { certFile, keyFile } from './pki.ts';

/** KubeletConfiguration of a node: clients must show a certificate, and RBAC decides what they may do. */
export function kubeletConfig(node: ClusterNode, resolvConf: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.ip,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: PATHS.caFile } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: certFile(`${node.name}-server`),
    tlsPrivateKeyFile: keyFile(`${node.name}-server`),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDNS: [DNS_IP],
    clusterDomain: 'cluster.local',
    resolvConf,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.space}`,
    // Cgroup version 1 is old, and still what some machines have.
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    podLogsDir: '/var/log/pods',
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    // A full disk of the developer's machine is not this cluster's business until it is really full.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  };
}

/** KubeProxyConfiguration of a node. */
export function proxyConfig(node: ClusterNode, kubeconfig: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    mode: 'nftables',
    hostnameOverride: node.name,
    clusterCIDR: POD_RANGE,
    // The table of connections belongs to the host, not to one node.
    conntrack: { maxPerCore: 0, min: 0 },
  };
}
